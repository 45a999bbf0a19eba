import { useId } from 'preact/hooks';
import type { RunForm } from '../lib/view/run-form.ts';
import type { RunActions, RunModel } from '../lib/view/run-model.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { CopyButton } from './copy-button.tsx';
import { Segments } from './segments.tsx';

export interface RunFormProps {
  readonly model: RunModel;
  readonly actions: RunActions;
}

/** Id of the form, for the button in the footer that sends it. */
export const RUN_FORM = 'run-form';

/** Where to, as whom, for what. The secret is in the memory of the page alone. */
export function RunFormPage({ model, actions }: RunFormProps) {
  const { form, secret, redirectUri, notice } = model;
  const w = runWords.form;
  const isCode = form.flow === 'code';
  return (
    <form
      id={RUN_FORM}
      class="form"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        actions.start();
      }}
    >
      <div class="run-title">
        <h1>{w.heading}</h1>
        <button type="button" class="link" data-row onClick={() => actions.setForm({ page: 'which' })}>
          {runWords.which.again}
        </button>
      </div>
      <Segments<RunForm['flow']>
        label={w.flow}
        options={[
          { value: 'code', label: w.codeShort },
          { value: 'clientCredentials', label: w.clientCredentialsShort },
        ]}
        chosen={form.flow}
        onChoose={(flow) => actions.setForm({ flow })}
      />
      <Segments<RunForm['server']>
        label={w.server}
        options={[
          { value: 'issuer', label: w.byIssuer },
          { value: 'endpoints', label: w.byHand },
        ]}
        chosen={form.server}
        onChoose={(server) => actions.setForm({ server })}
      />
      {form.server === 'issuer' ? (
        <Field
          label={w.issuer}
          type="url"
          value={form.issuer}
          placeholder={w.issuerPlaceholder}
          onInput={(issuer) => actions.setForm({ issuer })}
        />
      ) : (
        <>
          {isCode ? (
            <Field
              label={w.authorization}
              type="url"
              value={form.authorization}
              placeholder={w.authorizationPlaceholder}
              onInput={(authorization) => actions.setForm({ authorization })}
            />
          ) : null}
          <Field
            label={w.token}
            type="url"
            value={form.token}
            placeholder={w.tokenPlaceholder}
            onInput={(token) => actions.setForm({ token })}
          />
        </>
      )}
      <Field label={w.clientId} value={form.clientId} onInput={(clientId) => actions.setForm({ clientId })} />
      <Field
        label={isCode ? w.secretOptional : w.secret}
        type="password"
        value={secret}
        note={w.secretNote}
        onInput={actions.setSecret}
      />
      {secret === '' ? null : (
        <Segments<RunForm['method']>
          label={w.authentication}
          options={[
            { value: 'client_secret_basic', label: w.method.client_secret_basic },
            { value: 'client_secret_post', label: w.method.client_secret_post },
          ]}
          chosen={form.method}
          onChoose={(method) => actions.setForm({ method })}
        />
      )}
      <Field
        label={w.scope}
        value={form.scope}
        placeholder={w.scopePlaceholder}
        onInput={(scope) => actions.setForm({ scope })}
      />
      {isCode ? (
        <div class="field">
          <span class="soft">{w.redirectUri}</span>
          <div class="correction">
            <code dir="ltr">{redirectUri}</code>
            <CopyButton label={w.copyRedirectUri} done={words.finding.copied} text={() => redirectUri} />
          </div>
        </div>
      ) : null}
      {notice === null ? null : (
        <p class="notice" role="alert">
          {notice}
        </p>
      )}
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'url' | 'password';
  readonly placeholder?: string;
  readonly note?: string;
}

function Field({ label, value, onInput, type = 'text', placeholder, note }: FieldProps) {
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
