import { useState } from 'preact/hooks';
import type { ApprovedField, RunActions } from '../lib/view/run-model.ts';
import type { RunDraft } from '../lib/view/run-steps.ts';
import type { RunValue } from '../lib/view/run-values.ts';
import { runWords } from '../lib/view/words-run.ts';
import { Icon } from './icons.tsx';
import { RunValueText } from './run-values.tsx';

export interface RunDraftFormProps {
  readonly step: string;
  readonly draft: RunDraft;
  readonly actions: RunActions;
}

/** A field as it stands in the form: where it came from, and what was typed instead. */
interface Row {
  readonly id: number;
  /** Place in the request as it was made; `null` for one that was added. */
  readonly field: number | null;
  readonly name: string;
  /** `null`: as it was made. */
  readonly typed: string | null;
}

/** The request before it is sent: every field can be changed, left out, or added. */
export function RunDraftForm({ step, draft, actions }: RunDraftFormProps) {
  const w = runWords.draft;
  const made = draft.fields.map(({ name }, field): Row => ({ id: field, field, name, typed: null }));
  const [rows, setRows] = useState<readonly Row[]>(made);
  const next = Math.max(made.length, ...rows.map(({ id }) => id + 1));
  const set = (id: number, change: Partial<Row>): void =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  const changed = rows.length !== made.length || rows.some(({ field, typed }) => field === null || typed !== null);
  const fields = (): ApprovedField[] =>
    rows.flatMap(({ field, name, typed }): ApprovedField[] => {
      if (field !== null && typed === null) return [{ is: 'kept', field }];
      return name === '' ? [] : [{ is: 'typed', pair: [name, typed ?? ''] }];
    });
  return (
    <form
      class="run-draft"
      aria-label={draft.line}
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        actions.approve(step, fields());
      }}
    >
      <h3>
        <code dir="ltr">{draft.line}</code>
      </h3>
      {draft.headers.length === 0 ? null : (
        <ul class="run-fields" aria-label={w.headers}>
          {draft.headers.map((value, index) => (
            <li key={index}>
              <code class="faint">{value.name}</code>
              <RunValueText value={value} actions={actions} />
            </li>
          ))}
        </ul>
      )}
      {rows.length === 0 ? <p class="faint">{w.none}</p> : null}
      <ul class="run-edit" aria-label={w.fields}>
        {rows.map((row) => (
          <DraftRow
            key={row.id}
            row={row}
            value={row.field === null ? undefined : draft.fields[row.field]}
            raw={() =>
              row.field === null ? null : actions.reveal({ in: 'draft', step, side: 'fields', field: row.field })
            }
            actions={actions}
            onChange={(change) => set(row.id, change)}
            onRemove={() => setRows(rows.filter(({ id }) => id !== row.id))}
          />
        ))}
      </ul>
      <div class="run-actions">
        <button
          type="button"
          class="link"
          data-row
          onClick={() => setRows([...rows, { id: next, field: null, name: '', typed: '' }])}
        >
          {w.add}
        </button>
        {changed ? (
          <button type="button" class="link" data-row onClick={() => setRows(made)}>
            {w.reset}
          </button>
        ) : null}
      </div>
      <div class="run-actions">
        <button type="submit" class="button primary small" data-row>
          {w.send}
        </button>
        <button type="button" class="button small" data-row onClick={actions.approveRest} disabled={changed}>
          {w.rest}
        </button>
      </div>
    </form>
  );
}

interface DraftRowProps {
  readonly row: Row;
  readonly value: RunValue | undefined;
  /** The value itself: the view has it masked and made harmless. */
  readonly raw: () => string | null;
  readonly actions: RunActions;
  readonly onChange: (change: Partial<Row>) => void;
  readonly onRemove: () => void;
}

function DraftRow({ row, value, raw, actions, onChange, onRemove }: DraftRowProps) {
  const w = runWords.draft;
  const { field, name, typed } = row;
  return (
    <li>
      {field === null ? (
        <input
          class="run-name"
          aria-label={w.name}
          placeholder={w.name}
          dir="ltr"
          spellcheck={false}
          value={name}
          onInput={(event) => onChange({ name: event.currentTarget.value })}
        />
      ) : (
        <code class="faint">{name}</code>
      )}
      <span class="run-edit-value">
        {typed === null && value !== undefined ? (
          <RunValueText value={value} actions={actions} />
        ) : (
          <input
            aria-label={w.value(name)}
            dir="ltr"
            spellcheck={false}
            value={typed ?? ''}
            onInput={(event) => onChange({ typed: event.currentTarget.value })}
          />
        )}
      </span>
      <span class="value-tools">
        {typed === null ? (
          <button
            type="button"
            class="icon-button small"
            data-row
            aria-label={w.change(name)}
            title={w.change(name)}
            onClick={() => onChange({ typed: raw() ?? '' })}
          >
            <Icon name="edit" />
          </button>
        ) : null}
        <button
          type="button"
          class="icon-button small"
          data-row
          aria-label={w.remove(name)}
          title={w.remove(name)}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}
