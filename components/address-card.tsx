import type { AddressView } from '../lib/view/address.ts';
import { words } from '../lib/view/words.ts';

/** The address as it was read: names in clear, values masked, parameters that findings point at underlined. */
export function AddressCard({ address }: { readonly address: AddressView }) {
  return (
    <p class="address" dir="ltr">
      <span class="spoken">{words.address.label}: </span>
      <code>
        <span class="faint">{address.scheme}</span>
        <span>{address.host}</span>
        <span class="faint">{address.path}</span>
        {address.params.map(({ lead, name, value, mark }, index) => (
          <span key={index}>
            <span class="faint">{lead}</span>
            <wbr />
            <span class={mark === null ? 'parameter' : `parameter marked ${mark}`}>
              {value === null ? name : `${name}=${value}`}
              {mark === null ? null : <span class="spoken"> ({words.mark[mark]})</span>}
            </span>
          </span>
        ))}
        {address.more === 0 ? null : <span class="faint"> {words.address.more(address.more)}</span>}
      </code>
    </p>
  );
}
