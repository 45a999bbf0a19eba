import { useState } from 'preact/hooks';
import type { CapturedRequest } from '../lib/view/proper-run.ts';
import {
  endpointsOf,
  FORM_PARTS,
  type FormFlow,
  type FormOption,
  formHost,
  type OfferedFlow,
  offeredFlow,
  optionsOn,
  type RunForm,
  withFlow,
} from '../lib/view/run-form.ts';
import { publicKeyText } from '../lib/view/run-key.ts';
import type { RunActions, RunModel } from '../lib/view/run-model.ts';
import { PRESETS } from '../lib/view/run-presets.ts';
import { profileName } from '../lib/view/run-profiles.ts';
import { richText } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { compareRequestWords } from '../lib/view/words-run-compare.ts';
import { CopyButton } from './copy-button.tsx';
import { Check, Choice, Field, TextField } from './form-fields.tsx';
import { Rich } from './rich.tsx';
import { RunCompare } from './run-compare.tsx';
import { Segments } from './segments.tsx';

export interface RunFormProps {
  readonly model: RunModel;
  readonly actions: RunActions;
}

/** Id of the form, for the button in the footer that sends it. */
export const RUN_FORM = 'run-form';

const w = runWords.form;

const FLOW_GROUPS: readonly { readonly label: string; readonly flows: readonly FormFlow[] }[] = [
  { label: w.groups.person, flows: ['code', 'resource', 'device'] },
  { label: w.groups.service, flows: ['clientCredentials', 'tokenExchange'] },
  { label: w.groups.token, flows: ['refresh', 'introspection', 'revocation', 'userinfo', 'logout'] },
  { label: w.groups.client, flows: ['registration'] },
  { label: w.groups.notOffered, flows: ['password', 'implicit'] },
];

const flowLabel = (flow: FormFlow): string =>
  flow === 'password' || flow === 'implicit' ? w.notOffered[flow] : runWords.flow[flow];

/** Where to, as whom, for what. Secrets are in the memory of the page alone. */
export function RunFormPage({ model, actions }: RunFormProps) {
  const { form, notice } = model;
  const flow = offeredFlow(form);
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
      {model.captured === null ? (
        <div class="run-title">
          <h1>{w.heading}</h1>
          {model.composing ? (
            <button type="button" class="link" data-row onClick={actions.showRun}>
              {compareRequestWords.lastRun}
            </button>
          ) : (
            <button type="button" class="link" data-row onClick={() => actions.setForm({ page: 'which' })}>
              {runWords.which.again}
            </button>
          )}
        </div>
      ) : (
        <Captured captured={model.captured} model={model} actions={actions} />
      )}
      {model.captured === null ? <FillIn model={model} actions={actions} /> : null}
      <Choice<FormFlow>
        label={w.flow}
        groups={FLOW_GROUPS.map(({ label, flows }) => ({
          label,
          options: flows.map((value) => ({ value, label: flowLabel(value) })),
        }))}
        chosen={form.flow}
        onChoose={(chosen) => actions.setForm(withFlow(form, chosen))}
      />
      {flow === null ? (
        <Instead form={form} actions={actions} />
      ) : (
        <Offered flow={flow} model={model} actions={actions} />
      )}
      {flow === null ? null : <Save model={model} actions={actions} />}
      {notice === null ? null : (
        <p class="notice" role="alert">
          <Rich text={richText(notice)} />
        </p>
      )}
    </form>
  );
}

/** What the form was filled from, beside what it will ask for. */
function Captured({ captured, model, actions }: RunFormProps & { readonly captured: CapturedRequest }) {
  const c = compareRequestWords;
  return (
    <>
      <div class="run-title">
        <h1>{c.heading}</h1>
        {model.composing ? (
          <button type="button" class="link" data-row onClick={actions.showRun}>
            {c.lastRun}
          </button>
        ) : null}
      </div>
      <div>
        <RunCompare captured={captured} rows={model.compare} />
      </div>
      <div class="run-title run-form-title">
        <h2>{c.form}</h2>
        <button type="button" class="link" data-row onClick={actions.forgetCaptured}>
          {c.forget}
        </button>
      </div>
    </>
  );
}

const PRESET = 'preset:';
const PROFILE = 'profile:';

/** From saved settings, or from what is known of a provider. */
function FillIn({ model, actions }: RunFormProps) {
  const { form, profiles } = model;
  const preset = PRESETS.find(({ id }) => id === form.preset);
  const saved = profiles.map(({ name }) => ({ value: `${PROFILE}${name}`, label: name }));
  return (
    <div class="field">
      <Choice<string>
        label={w.from}
        groups={[
          { label: '', options: [{ value: '', label: w.fromNothing }] },
          ...(saved.length === 0 ? [] : [{ label: w.saved, options: saved }]),
          { label: w.providers, options: PRESETS.map(({ id, name }) => ({ value: `${PRESET}${id}`, label: name })) },
        ]}
        chosen={preset === undefined ? '' : `${PRESET}${preset.id}`}
        onChoose={(value) => {
          if (value.startsWith(PRESET)) actions.fillFrom({ preset: value.slice(PRESET.length) });
          else if (value !== '') actions.fillFrom({ profile: value.slice(PROFILE.length) });
        }}
      />
      {preset === undefined ? null : (
        <ul class="run-quirks soft">
          {preset.quirks.map((quirk) => (
            <li key={quirk}>
              <Rich text={richText(quirk)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Keeps the settings for another day, or forgets them. */
function Save({ model, actions }: RunFormProps) {
  const name = profileName(model.form);
  const saved = model.profiles.find((profile) => profile.name === name);
  const same = saved !== undefined && JSON.stringify(saved.form) === JSON.stringify({ ...model.form, page: 'form' });
  return (
    <p class="run-save soft">
      {same ? (
        <button type="button" class="link" data-row onClick={() => actions.removeProfile(name)}>
          {w.remove}
        </button>
      ) : (
        <button type="button" class="link" data-row onClick={actions.saveProfile}>
          {w.save}
        </button>
      )}{' '}
      {w.saveNote}
    </p>
  );
}

/** Why a grant is not offered, and what to take instead. */
function Instead({ form, actions }: { readonly form: RunForm; readonly actions: RunActions }) {
  if (form.flow !== 'password' && form.flow !== 'implicit') return null;
  const { title, text } = w.instead[form.flow];
  const flows: readonly OfferedFlow[] = form.flow === 'password' ? ['code', 'clientCredentials', 'device'] : ['code'];
  return (
    <section class="run-answer" aria-live="polite">
      <h2>{title}</h2>
      {text.map((sentence) => (
        <p key={sentence}>
          <Rich text={richText(sentence)} />
        </p>
      ))}
      <div class="run-actions">
        {flows.map((flow, index) => (
          <button
            key={flow}
            type="button"
            class={index === 0 ? 'button primary' : 'button'}
            data-row
            onClick={() => actions.setForm(withFlow(form, flow))}
          >
            {w.takeInstead(runWords.flow[flow])}
          </button>
        ))}
      </div>
    </section>
  );
}

function Offered({ flow, model, actions }: RunFormProps & { readonly flow: OfferedFlow }) {
  const { form, secrets, redirectUri } = model;
  const parts = FORM_PARTS[flow];
  return (
    <>
      <Segments<RunForm['mode']>
        label={w.mode}
        options={[
          { value: 'through', label: w.modes.through },
          { value: 'guided', label: w.modes.guided },
        ]}
        chosen={form.mode}
        onChoose={(mode) => actions.setForm({ mode })}
      />
      {flow === 'resource' ? (
        <Field
          label={w.resource}
          type="url"
          value={form.resourceUrl}
          placeholder={w.resourcePlaceholder}
          note={w.resourceNote}
          onInput={(resourceUrl) => actions.setForm({ resourceUrl })}
        />
      ) : (
        <Server model={model} actions={actions} />
      )}
      <Field
        label={parts.clientIdOptional ? w.clientIdOptional : w.clientId}
        value={form.clientId}
        {...(parts.clientIdOptional ? { note: w.clientIdNote } : {})}
        onInput={(clientId) => actions.setForm({ clientId })}
      />
      {parts.authenticates ? <Authentication model={model} actions={actions} /> : null}
      {parts.token === null ? null : <GivenToken flow={flow} model={model} actions={actions} />}
      {flow === 'tokenExchange' ? <Exchange form={form} actions={actions} /> : null}
      {flow === 'registration' ? (
        <Field
          label={w.initialAccessToken}
          type="password"
          value={secrets.initialAccessToken}
          onInput={(initialAccessToken) => actions.setSecrets({ initialAccessToken })}
        />
      ) : null}
      {parts.scope ? (
        <Field
          label={w.scope}
          value={form.scope}
          placeholder={w.scopePlaceholder}
          onInput={(scope) => actions.setForm({ scope })}
        />
      ) : null}
      {parts.redirectUri && model.windowOutside ? <p class="soft">{w.windowOutside}</p> : null}
      {parts.redirectUri ? (
        <div class="field">
          <span class="soft">{w.redirectUri}</span>
          <div class="correction">
            <code dir="ltr">{redirectUri}</code>
            <CopyButton label={w.copyRedirectUri} done={words.finding.copied} text={() => redirectUri} />
          </div>
        </div>
      ) : null}
      {parts.options.length === 0 ? null : <Options options={parts.options} model={model} actions={actions} />}
    </>
  );
}

function Server({ model, actions }: RunFormProps) {
  const { form } = model;
  return (
    <>
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
        <>
          <Field
            label={w.issuer}
            type="url"
            value={form.issuer}
            placeholder={w.issuerPlaceholder}
            onInput={(issuer) => actions.setForm({ issuer })}
          />
          <Metadata model={model} actions={actions} />
        </>
      ) : (
        endpointsOf(form).map((name) => (
          <Field
            key={name}
            label={w.endpoint[name]}
            type="url"
            value={form.endpoints[name] ?? ''}
            placeholder={w.endpointPlaceholder}
            onInput={(url) => actions.setForm({ endpoints: { ...form.endpoints, [name]: url } })}
          />
        ))
      )}
    </>
  );
}

/** What the server says of itself, after a press that names its host. */
function Metadata({ model, actions }: RunFormProps) {
  const { form, discovered } = model;
  const reading = discovered === 'reading';
  const shown = reading || discovered?.issuer !== form.issuer.trim() ? null : discovered;
  return (
    <div class="field run-metadata">
      <button type="button" class="button small" data-row disabled={reading} onClick={actions.readMetadata}>
        {reading ? w.reading : w.readMetadata(formHost(form))}
      </button>
      {shown === null ? null : shown.failed ? (
        <div class="notice" role="alert">
          {shown.says.map((sentence) => (
            <p key={sentence}>
              <Rich text={richText(sentence)} />
            </p>
          ))}
        </div>
      ) : (
        <div role="status">
          <ul class="run-quirks soft">
            {shown.says.map((sentence) => (
              <li key={sentence}>
                <Rich text={richText(sentence)} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const satisfies readonly RunForm['method'][];

function Authentication({ model, actions }: RunFormProps) {
  const { form, secrets } = model;
  return (
    <>
      <Choice<RunForm['method']>
        label={w.authenticates}
        groups={[{ label: '', options: METHODS.map((value) => ({ value, label: w.method[value] })) }]}
        chosen={form.method}
        onChoose={(method) => actions.setForm({ method })}
      />
      {form.method.startsWith('client_secret') ? (
        <Field
          label={w.secret}
          type="password"
          value={secrets.clientSecret}
          note={w.secretNote}
          onInput={(clientSecret) => actions.setSecrets({ clientSecret })}
        />
      ) : null}
      {form.method === 'private_key_jwt' ? <ClientKey model={model} actions={actions} /> : null}
    </>
  );
}

/** The private key, and its public half to register. */
function ClientKey({ model, actions }: RunFormProps) {
  const { clientKey } = model.secrets;
  const open = publicKeyText(clientKey);
  return (
    <div class="field">
      <TextField label={w.key} secret value={clientKey} onInput={(text) => actions.setSecrets({ clientKey: text })} />
      <div class="run-actions">
        <button type="button" class="button small" data-row onClick={actions.makeKey}>
          {w.makeKey}
        </button>
        {open === null ? null : (
          <CopyButton label={w.copyPublicKey} caption={w.copyPublicKey} done={words.finding.copied} text={() => open} />
        )}
      </div>
      <span class="soft">{w.secretNote}</span>
    </div>
  );
}

function GivenToken({ flow, model, actions }: RunFormProps & { readonly flow: OfferedFlow }) {
  const { form, secrets } = model;
  const label = w.token[flow as keyof typeof w.token];
  const kinds = ['', 'access_token', 'refresh_token'] as const;
  return (
    <>
      <Field
        label={label}
        type="password"
        value={secrets.token}
        note={w.tokenNote}
        onInput={(token) => actions.setSecrets({ token })}
      />
      {flow === 'introspection' || flow === 'revocation' ? (
        <Segments<(typeof kinds)[number]>
          label={w.tokenType}
          options={kinds.map((value) => ({ value, label: w.tokenTypes[value] }))}
          chosen={kinds.find((kind) => kind === form.tokenTypeHint) ?? ''}
          onChoose={(tokenTypeHint) => actions.setForm({ tokenTypeHint })}
        />
      ) : null}
    </>
  );
}

function Exchange({ form, actions }: { readonly form: RunForm; readonly actions: RunActions }) {
  const types = Object.entries(w.subjectTypes).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Choice<string>
        label={w.subjectType}
        groups={[{ label: '', options: types }]}
        chosen={form.subjectTokenType}
        onChoose={(subjectTokenType) => actions.setForm({ subjectTokenType })}
      />
      <Choice<string>
        label={w.requestedType}
        groups={[{ label: '', options: [{ value: '', label: w.anyType }, ...types] }]}
        chosen={form.requestedTokenType}
        onChoose={(requestedTokenType) => actions.setForm({ requestedTokenType })}
      />
      <Field label={w.audience} value={form.audience} onInput={(audience) => actions.setForm({ audience })} />
    </>
  );
}

interface OptionsProps extends RunFormProps {
  readonly options: readonly FormOption[];
}

/** What may be added to the flow; closed while nothing is. */
function Options({ options, model, actions }: OptionsProps) {
  const { form } = model;
  const on = optionsOn(form);
  const [open, setOpen] = useState(on.length > 0);
  const flags = (['par', 'jar', 'jarm', 'dpop'] as const).filter((name) => options.includes(name));
  return (
    <div class="run-options">
      <button type="button" class="link" data-row aria-expanded={open} onClick={() => setOpen(!open)}>
        {on.length === 0 ? w.options : w.optionsOn(on)}
      </button>
      {open ? (
        <>
          {flags.map((name) => (
            <Check
              key={name}
              label={w.option[name]}
              checked={form[name]}
              onChange={(checked) => actions.setForm({ [name]: checked })}
            />
          ))}
          {form.jar && options.includes('jar') && form.method !== 'private_key_jwt' ? (
            <ClientKey model={model} actions={actions} />
          ) : null}
          {options.includes('resources') ? (
            <TextField
              label={w.resources}
              value={form.resources}
              onInput={(resources) => actions.setForm({ resources })}
            />
          ) : null}
          {options.includes('details') ? (
            <TextField label={w.details} value={form.details} onInput={(details) => actions.setForm({ details })} />
          ) : null}
          {options.includes('extra') ? (
            <TextField label={w.extra} value={form.extra} onInput={(extra) => actions.setForm({ extra })} />
          ) : null}
        </>
      ) : null}
    </div>
  );
}
