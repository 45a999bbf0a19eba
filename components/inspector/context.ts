import type { ReadonlySignal, Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FindingsFilter } from '../../lib/view/findings-page.ts';
import type { FlowFilter } from '../../lib/view/flow-list.ts';
import type { InspectorActions, InspectorExport, InspectorModel } from '../../lib/view/inspector-model.ts';
import type { RunActions, RunModel } from '../../lib/view/run-model.ts';
import type { TokenActions, TokenModel } from '../../lib/view/token-model.ts';
import type { Panel } from '../popup.tsx';

/** Which flow and which of its rows is open. Holds keys, never a value of the capture. */
export interface Place {
  /** `flowKey`. */
  readonly flow: string | null;
  /** Key of the arrow. */
  readonly row: string | null;
  /** `flowKey` of the flow that it is compared with; without one, the most alike. */
  readonly other?: string | null;
}

/** What of the findings is asked for, and which cause is open. */
export interface FindingsPlace {
  readonly filter: FindingsFilter;
  readonly cause: string | null;
}

/** What every section may use. */
export interface InspectorTools {
  readonly model: ReadonlySignal<InspectorModel>;
  readonly actions: InspectorActions;
  readonly token: Panel<TokenModel, TokenActions>;
  /** `null` where flows cannot be run. */
  readonly run: Panel<RunModel, RunActions> | null;
  readonly exports: readonly InspectorExport[];
  /** A request as a command of the shell, redacted; `null` when it is gone. By `id` of its exchange. */
  readonly curl: (exchange: string) => string | null;
  readonly place: Signal<Place>;
  /** Keys of what is folded open; `usePopup().actions.setOpen` changes it. */
  readonly open: ReadonlySignal<ReadonlySet<string>>;
  /** Of the list of flows; stays while other sections are shown. */
  readonly filter: Signal<FlowFilter>;
  /** What the section "Findings" shows; kept while another section is on the screen. */
  readonly findings: Signal<FindingsPlace>;
  /** Shows another section, and a flow or a row of it in "Flows". */
  readonly goTo: (section: string, place?: Place) => void;
}

const InspectorContext = createContext<InspectorTools | null>(null);

export const InspectorProvider = InspectorContext.Provider;

export function useInspector(): InspectorTools {
  const tools = useContext(InspectorContext);
  if (tools === null) throw new Error('used outside of InspectorProvider');
  return tools;
}
