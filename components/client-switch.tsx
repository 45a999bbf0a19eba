import { useId } from 'preact/hooks';
import type { ClientSwitch } from '../lib/view/client-type.ts';
import { words } from '../lib/view/words.ts';
import { usePopup } from './popup-context.ts';
import { Tip } from './tip.tsx';

/** What the person knows and the wire does not show: shown only where it changes a verdict. */
export function ClientTypeSwitch({ client }: { readonly client: ClientSwitch }) {
  const { actions } = usePopup();
  const name = useId();
  return (
    <fieldset class="client">
      <legend class="spoken">{words.client.label}</legend>
      <Tip word={words.client.label} means={client.because} />
      <div class="segments">
        {client.options.map(({ value, label, means }) => (
          <label key={value} class="segment" title={means}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={client.chosen === value}
              onChange={() => actions.tellClient(client.client, value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
