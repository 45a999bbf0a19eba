import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { unjudgedCount } from '../lib/view/checks.ts';
import type { Failure, PopupActions, PopupModel } from '../lib/view/model.ts';
import type { PopupView, ReportView } from '../lib/view/popup.ts';
import type { RunActions, RunModel } from '../lib/view/run-model.ts';
import type { TabId } from '../lib/view/tabs.ts';
import type { TokenActions, TokenModel } from '../lib/view/token-model.ts';
import { words } from '../lib/view/words.ts';
import { AddressCard } from './address-card.tsx';
import { FailedChecks, PassedFold, PassedSection, SECTION, UnjudgedFold, UnjudgedSection } from './checks.tsx';
import { ClientTypeSwitch } from './client-switch.tsx';
import { FindingCard } from './finding-card.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { isChoice, isStepKey, isTyping, moveAmongRows, STEP_KEYS } from './keyboard.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { SignInOffer, WatchAllOffer, WatchOffers } from './offers.tsx';
import { PageCheckSection } from './page-check.tsx';
import { PopupProvider } from './popup-context.ts';
import { RecordSection } from './record.tsx';
import { RunFooter, RunPage } from './run-view.tsx';
import { SearchField, SearchResults } from './search.tsx';
import { Steady } from './steady.tsx';
import { Steps } from './steps.tsx';
import { PANEL, tabElementId } from './tabs.tsx';
import { TokenFooter, TokenPage } from './token-view.tsx';
import { useKeys } from './use-keys.ts';
import { Verdict } from './verdict.tsx';

/** What a view shows, and what it asks for. */
export interface Panel<Model, Actions> {
  readonly model: ReadonlySignal<Model>;
  readonly actions: Actions;
}

export interface PopupProps extends Panel<PopupModel, PopupActions> {
  readonly tab: ReadonlySignal<TabId>;
  readonly onTab: (tab: TabId) => void;
  readonly inspector: InspectorEntry;
  readonly token: Panel<TokenModel, TokenActions>;
  readonly run: Panel<RunModel, RunActions>;
}

/** The ways to the inspector. */
export interface InspectorEntry {
  /** In a tab, at a flow by its `flowKey`. */
  readonly open: (flow: string | null) => void;
  /** Beside the page; `null` where the browser has no such place. */
  readonly openBeside: (() => void) | null;
}

/** The popup: header, one view, footer; its keys. */
export function Popup({ model, actions, tab, onTab, inspector, token, run }: PopupProps) {
  const shown = tab.value;
  const { failure, status, open } = model.value;
  const view = shown === 'page' ? model.value.view : null;
  const main = useRef<HTMLElement>(null);
  const said = useSignal('');
  const keys = useSignal(false);
  const searching = useSignal(false);
  const query = useSignal('');
  const tools = useMemo(
    () => ({
      actions,
      announce: (text: string) => {
        // The same text twice is spoken twice only when it changes in between.
        said.value = said.value === text ? `${text}\u00a0` : text;
      },
    }),
    [actions, said],
  );
  const report = view !== null && 'report' in view ? view.report : null;
  const flow = view?.state === 'flow' ? view.flow : null;
  const search = () => {
    if (report !== null) searching.value = true;
  };
  const closeSearch = () => {
    searching.value = false;
    query.value = '';
    if (main.current !== null) moveAmongRows(main.current, 'first');
  };
  useKeys((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (isTyping(event.target) && key !== 'Escape' && !(key === 'ArrowDown' && searching.value)) return;
    if (key === 'Escape' && searching.value) closeSearch();
    else if (key === '/' && report !== null) search();
    else if (key === '?') keys.value = true;
    else if (key.toLowerCase() === 'i') inspector.open(flow);
    else if (isStepKey(key) && main.current !== null && !isChoice(event.target)) {
      moveAmongRows(main.current, STEP_KEYS[key]);
    } else return;
    event.preventDefault();
  });
  return (
    <PopupProvider value={tools}>
      <div class="popup">
        {searching.value ? (
          <header class="bar">
            <SearchField query={query} onClose={closeSearch} />
          </header>
        ) : (
          <Header
            tab={shown}
            onTab={onTab}
            view={view}
            inspector={inspector}
            onSearch={search}
            onKeys={() => {
              keys.value = true;
            }}
          />
        )}
        <main ref={main} aria-busy={shown === 'page' && view === null && failure === null}>
          <div
            role="tabpanel"
            id={PANEL}
            aria-labelledby={searching.value ? undefined : tabElementId(shown)}
            key={shown}
          >
            {shown === 'token' ? (
              <TokenPage model={token.model.value} actions={token.actions} />
            ) : shown === 'run' ? (
              <RunPage model={run.model.value} actions={run.actions} />
            ) : failure !== null ? (
              <FailureNotice failure={failure} onRetry={actions.retry} />
            ) : report !== null && searching.value && query.value.trim() !== '' ? (
              <SearchResults report={report} query={query.value} open={open} />
            ) : view === null ? null : (
              <>
                <Page view={view} open={open} />
                {view.page === null ? null : <PageCheckSection view={view.page} open={open} />}
                {view.record === null ? null : <RecordSection view={view.record} />}
              </>
            )}
          </div>
        </main>
        {shown === 'token' ? (
          <TokenFooter model={token.model.value} actions={token.actions} />
        ) : shown === 'run' ? (
          <RunFooter model={run.model.value} actions={run.actions} />
        ) : (
          <Footer view={failure === null ? view : null} status={status} />
        )}
        <p class="spoken" role="status">
          {said.value}
        </p>
        {keys.value ? (
          <KeysDialog
            list={words.keys.list}
            onClose={() => {
              keys.value = false;
            }}
          />
        ) : null}
      </div>
    </PopupProvider>
  );
}

function FailureNotice({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const w = words.error;
  return (
    <section class="verdict" role="alert">
      <h1>{w.heading}</h1>
      <p class="failure">{failure.what}</p>
      <p class="soft">{failure.next}</p>
      {failure.retry ? (
        <button type="button" class="button primary" data-row onClick={onRetry}>
          {w.retry}
        </button>
      ) : null}
    </section>
  );
}

interface PageProps {
  readonly view: PopupView;
  readonly open: ReadonlySet<string>;
}

function Page({ view, open }: PageProps) {
  switch (view.state) {
    case 'forbidden':
      return (
        <>
          <Verdict view={view} />
          <p class="next soft">{words.forbidden.next}</p>
        </>
      );
    case 'hidden':
      return (
        <>
          <Verdict view={view} />
          <WatchAllOffer />
        </>
      );
    case 'nothing':
    case 'waiting':
      return (
        <>
          <Verdict view={view} />
          {view.address === null ? null : <AddressCard address={view.address} />}
          {view.state === 'waiting' ? <SignInOffer /> : null}
          {view.offer === null ? null : <WatchOffers site={view.offer} />}
        </>
      );
    case 'address':
      return (
        <>
          <Verdict view={view} />
          <AddressCard address={view.address} />
          {view.client === null ? null : <ClientTypeSwitch client={view.client} />}
          <Report report={view.report} open={open} folded />
          {view.offer === null ? null : <WatchOffers site={view.offer} />}
        </>
      );
    case 'flow':
      return (
        <>
          <Steady of={view.flow}>
            <Verdict view={view} />
            <Steps steps={view.steps} />
            {view.client === null ? null : <ClientTypeSwitch client={view.client} />}
          </Steady>
          <Report report={view.report} open={open} folded={view.report.findings.length > 0} />
        </>
      );
  }
}

interface ReportProps {
  readonly report: ReportView;
  readonly open: ReadonlySet<string>;
  /** Passed and unjudged rows start closed: the findings come first. */
  readonly folded: boolean;
}

function Report({ report, open, folded }: ReportProps) {
  const { findings, passed, unjudged, failedChecks } = report;
  const count = unjudgedCount(report);
  return (
    <>
      {findings.length === 0 ? null : (
        <div class="findings">
          {findings.map((finding) => (
            <FindingCard key={finding.key} finding={finding} open={open.has(finding.key)} />
          ))}
        </div>
      )}
      {folded ? (
        <>
          <UnjudgedFold groups={unjudged} count={count} open={open} />
          <PassedFold items={passed} open={open.has(SECTION.passed)} />
        </>
      ) : (
        <>
          <PassedSection items={passed} all={open.has(SECTION.all)} alone={count === 0} />
          <UnjudgedSection groups={unjudged} count={count} open={open} />
        </>
      )}
      <FailedChecks items={failedChecks} />
    </>
  );
}
