import { useState } from 'preact/hooks';
import { unjudgedCount } from '../lib/view/checks.ts';
import { problems } from '../lib/view/findings.ts';
import type { ReportView } from '../lib/view/popup.ts';
import type { RunLater, RunProblem, RunResult, RunUses, RunView } from '../lib/view/run.ts';
import { CODE_KINDS } from '../lib/view/run-code.ts';
import { formHost, offeredFlow } from '../lib/view/run-form.ts';
import type { RunActions, RunModel } from '../lib/view/run-model.ts';
import { richText } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { compareRequestWords } from '../lib/view/words-run-compare.ts';
import { FailedChecks, PassedFold, SECTION, UnjudgedFold } from './checks.tsx';
import { CopyButton } from './copy-button.tsx';
import { FindingCard } from './finding-card.tsx';
import { FootBar, FootButton } from './footer.tsx';
import { Field } from './form-fields.tsx';
import { Icon } from './icons.tsx';
import { LocalTools } from './local-tools.tsx';
import { Rich } from './rich.tsx';
import { RunChoice } from './run-choice.tsx';
import { RunCompare } from './run-compare.tsx';
import { RUN_FORM, RunFormPage } from './run-form.tsx';
import { RunSteps, stepElement } from './run-steps.tsx';
import { RunValues } from './run-values.tsx';
import { Shape } from './shape.tsx';

export interface RunPageProps {
  readonly model: RunModel;
  readonly actions: RunActions;
}

/** The run that is shown; `null` where the form is. */
const onScreen = ({ view, composing }: RunModel): RunView | null => (composing ? null : view);

/** The view "Run": which flow, the form, then the run itself. */
export function RunPage({ model, actions }: RunPageProps) {
  const { ready, form } = model;
  const view = onScreen(model);
  if (!ready) return null;
  if (view !== null) return <Running view={view} model={model} actions={actions} />;
  return form.page === 'which' ? (
    <RunChoice form={form} actions={actions} />
  ) : (
    <RunFormPage model={model} actions={actions} />
  );
}

export function RunFooter({ model, actions }: RunPageProps) {
  const view = onScreen(model);
  const w = runWords.footer;
  if (view === null && model.form.page === 'form' && offeredFlow(model.form) !== null) {
    const host = formHost(model.form);
    return (
      <FootBar text={host === null ? w.idle : runWords.form.asks}>
        <button type="submit" form={RUN_FORM} class="button primary small run-start">
          {runWords.form.start(host)}
        </button>
      </FootBar>
    );
  }
  if (view === null) return <FootBar text={w.idle} />;
  if (view.is === 'running') {
    return (
      <FootBar text={view.footer}>
        <FootButton icon="stop" text={runWords.steps.stop} act={actions.stop} />
      </FootBar>
    );
  }
  return (
    <FootBar text={w.done}>
      <FootButton icon="clear" text={w.again} act={actions.clear} />
    </FootBar>
  );
}

interface RunningProps extends RunPageProps {
  readonly view: RunView;
}

function Running({ view, model, actions }: RunningProps) {
  const { report, notice, captured } = model;
  return (
    <>
      <section class="verdict run-head">
        <h1>
          <Rich text={view.heading} />
        </h1>
        <p class="soft">
          <Rich text={view.detail} />
        </p>
        {view.problem === null ? null : <Problem problem={view.problem} actions={actions} />}
        {view.retry === null ? null : (
          <button type="button" class="button small run-retry" data-row onClick={actions[view.retry.act]}>
            {view.retry.label}
          </button>
        )}
        {notice === null ? null : (
          <p class="notice" role="alert">
            {notice}
          </p>
        )}
        {view.later === null ? null : <Later later={view.later} />}
      </section>
      {view.result === null ? null : <Result result={view.result} actions={actions} />}
      <RunSteps key={view.id} steps={view.steps} guided={view.guided} actions={actions} />
      {report === null ? null : <Judged report={report} actions={actions} />}
      {view.is === 'running' ? null : <Code actions={actions} />}
      {captured === null ? null : (
        <section class="section" aria-labelledby="run-beside">
          <h2 id="run-beside">{compareRequestWords.beside}</h2>
          <RunCompare captured={captured} rows={model.compare} />
        </section>
      )}
    </>
  );
}

/** What was pressed last, and how it went; the step is below all others. */
function Later({ later }: { readonly later: RunLater }) {
  return (
    <p class="run-later">
      <Shape mark={later.mark} />
      <span class="grow" role="status">
        <b>
          <Rich text={later.name} />
        </b>
        {later.says.length === 0 ? null : (
          <>
            : <Rich text={later.says} />
          </>
        )}
      </span>
      <button
        type="button"
        class="link"
        data-row
        onClick={() => document.getElementById(stepElement(later.key))?.focus()}
      >
        {runWords.steps.showStep}
      </button>
    </p>
  );
}

/** The cause, the next thing to do, and what server or browser said. */
function Problem({ problem, actions }: { readonly problem: RunProblem; readonly actions: RunActions }) {
  const w = runWords.problem;
  const { copy, grant, said, meaning, asksRefresh } = problem;
  return (
    <div class="run-problem" role="alert">
      <dl class="facts">
        <dt>{w.cause}</dt>
        <dd>
          <Rich text={problem.cause} />
        </dd>
        {said === null ? null : (
          <>
            <dt>{w.said}</dt>
            <dd>
              <code dir="ltr">{said}</code>
            </dd>
          </>
        )}
        {meaning === null ? null : (
          <>
            <dt>{w.meansLabel}</dt>
            <dd>
              <Rich text={meaning} />
            </dd>
          </>
        )}
        <dt>{w.next}</dt>
        <dd>
          <Rich text={problem.next} />
        </dd>
      </dl>
      {copy === null ? null : (
        <div class="correction">
          <code dir="ltr">{copy.value}</code>
          <CopyButton label={copy.label} done={words.finding.copied} text={() => copy.value} />
        </div>
      )}
      {asksRefresh ? (
        <button
          type="button"
          class="button small"
          data-row
          onClick={() => actions.later('introspection', { token: 'refreshToken', url: null })}
        >
          {w.askRefresh}
        </button>
      ) : null}
      {grant === null ? null : (
        <button type="button" class="button" data-row onClick={() => actions.grant(grant.url)}>
          {grant.label}
        </button>
      )}
    </div>
  );
}

function Result({ result, actions }: { readonly result: RunResult; readonly actions: RunActions }) {
  const w = runWords.result;
  return (
    <section class="section run-result" aria-label={w.label}>
      <RunValues values={result.values} actions={actions} />
      <p class="token-row num">
        {result.mark === 'clock' ? <Icon name="clock" /> : <Shape mark={result.mark} />}
        <span>
          <Rich text={result.before} />
          {result.strong === null ? null : <b>{result.strong}</b>}
          {result.rest}
        </span>
      </p>
      {result.bound === null ? null : (
        <p class="soft">
          <Rich text={result.bound} />
        </p>
      )}
      {result.uses === null ? null : <Uses uses={result.uses} actions={actions} />}
    </section>
  );
}

/** What can be done with the tokens now. */
function Uses({ uses, actions }: { readonly uses: RunUses; readonly actions: RunActions }) {
  const w = runWords.result;
  const [url, setUrl] = useState('');
  const { revocation } = uses;
  const act = (shown: boolean, text: string, press: () => void) =>
    shown ? (
      <button type="button" class="button small" data-row onClick={press}>
        {text}
      </button>
    ) : null;
  return (
    <>
      <div class="run-actions">
        {act(uses.refresh, w.refreshNow, () => actions.later('refresh'))}
        {act(uses.again, w.again, actions.again)}
        {act(uses.idToken, w.lookAt, actions.lookAtIdToken)}
        {act(uses.userinfo, w.userinfo, () => actions.later('userinfo'))}
        {act(uses.introspection, w.introspect, () =>
          actions.later('introspection', { token: 'accessToken', url: null }),
        )}
        {revocation === null
          ? null
          : act(true, w.revoke[revocation], () => actions.later('revocation', { token: revocation, url: null }))}
        {act(uses.logout, w.logout, () => actions.later('logout'))}
        {act(true, w.forget, actions.forget)}
      </div>
      <form
        class="run-call"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          actions.call(url.trim());
        }}
      >
        <Field label={w.call} type="url" value={url} placeholder={w.callPlaceholder} onInput={setUrl} />
        <button type="submit" class="button small" data-row>
          {w.callNow}
        </button>
      </form>
    </>
  );
}

/** The run as a program, to be copied. */
function Code({ actions }: { readonly actions: RunActions }) {
  const w = runWords.code;
  return (
    <section class="section" aria-labelledby="run-code">
      <h2 id="run-code">{w.heading}</h2>
      <p class="soft">{w.note}</p>
      <div class="run-actions">
        {CODE_KINDS.map((kind) => (
          <CopyButton
            key={kind}
            label={w.copy(kind)}
            caption={kind}
            done={words.finding.copied}
            text={() => actions.code(kind)}
          />
        ))}
      </div>
    </section>
  );
}

/** The run's own messages under the same rules as those of a site. */
function Judged({ report, actions }: { readonly report: ReportView; readonly actions: RunActions }) {
  const { findings, passed, unjudged, failedChecks } = report;
  const said = runWords.outcome.judged(problems(findings), passed.length);
  return (
    <LocalTools reveal={actions.revealFinding}>
      {(open) => (
        <>
          <p class="run-judged soft">
            <Rich text={richText(said)} />
          </p>
          {findings.length === 0 ? null : (
            <div class="findings">
              {findings.map((finding) => (
                <FindingCard key={finding.key} finding={finding} open={open.has(finding.key)} />
              ))}
            </div>
          )}
          <UnjudgedFold groups={unjudged} count={unjudgedCount(report)} open={open} />
          <PassedFold items={passed} open={open.has(SECTION.passed)} />
          <FailedChecks items={failedChecks} />
        </>
      )}
    </LocalTools>
  );
}
