import { useId } from 'preact/hooks';

export interface SegmentsProps<T extends string> {
  readonly label: string;
  /** The options say it themselves; the label is only spoken. */
  readonly quiet?: boolean;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly chosen: T | null;
  readonly onChoose: (value: T) => void;
}

/** One of a few, side by side. */
export function Segments<T extends string>({ label, quiet = false, options, chosen, onChoose }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class={quiet ? 'spoken' : 'soft'}>{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value} class="segment">
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={chosen === option.value}
              onChange={() => onChoose(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
