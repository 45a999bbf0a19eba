import { useId } from 'preact/hooks';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'url' | 'password';
  readonly placeholder?: string;
  readonly note?: string;
}

export function Field({ label, value, onInput, type = 'text', placeholder, note }: FieldProps) {
  const id = useId();
  return (
    <label class="field">
      <span class="soft">{label}</span>
      <input
        {...(type === 'password' ? { type } : { type: 'text' as const })}
        // Not of the type: an address is checked by the view, which says what is wrong with it.
        inputMode={type === 'url' ? 'url' : undefined}
        dir="ltr"
        spellcheck={false}
        autocomplete={type === 'password' ? 'new-password' : 'off'}
        placeholder={placeholder}
        value={value}
        aria-describedby={note === undefined ? undefined : id}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {note === undefined ? null : (
        <span class="soft" id={id}>
          {note}
        </span>
      )}
    </label>
  );
}

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Shown as dots while it does not have the focus. */
  readonly secret?: boolean;
}

/** Several lines. */
export function TextField({ label, value, onInput, secret = false }: TextFieldProps) {
  return (
    <label class="field">
      <span class="soft">{label}</span>
      <textarea
        class={secret ? 'dots' : undefined}
        rows={2}
        dir="ltr"
        spellcheck={false}
        autocomplete="off"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly groups: readonly {
    /** Empty: the options stand by themselves. */
    readonly label: string;
    readonly options: readonly { readonly value: T; readonly label: string }[];
  }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** One of many. */
export function Choice<T extends string>({ label, groups, chosen, onChoose }: ChoiceProps<T>) {
  const all = groups.flatMap(({ options }) => options);
  return (
    <label class="field">
      <span class="soft">{label}</span>
      <select
        value={chosen}
        onChange={(event) => {
          const found = all.find(({ value }) => value === event.currentTarget.value);
          if (found !== undefined) onChoose(found.value);
        }}
      >
        {groups.map((group) =>
          group.label === '' ? (
            group.options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))
          ) : (
            <optgroup key={group.label} label={group.label}>
              {group.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </optgroup>
          ),
        )}
      </select>
    </label>
  );
}

export interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
