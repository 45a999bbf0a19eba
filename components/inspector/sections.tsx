import type { ComponentType } from 'preact';
import { compareWords } from '../../lib/view/words-compare.ts';
import { diagramWords } from '../../lib/view/words-diagram.ts';
import { lineageWords } from '../../lib/view/words-lineage.ts';
import { CompareSection } from './compare-section.tsx';
import type { InspectorTools } from './context.ts';
import { FindingsSection } from './findings-section.tsx';
import { FlowsSection } from './flows-section.tsx';
import { LineageSection } from './lineage-section.tsx';
import { RunSection } from './run-section.tsx';
import { TokenSection } from './token-section.tsx';

/** One section of the inspector. */
export interface Section {
  /** Also what the address and the memory of the browser session call it. */
  readonly id: string;
  readonly label: string;
  /** Fills the page below the header; takes what it shows from `useInspector()`. */
  readonly View: ComponentType;
}

/** The sections in the order of their tabs. A new one is a component and a line here. */
const SECTIONS: readonly Section[] = [
  { id: 'flows', label: diagramWords.list.label, View: FlowsSection },
  { id: 'findings', label: 'Findings', View: FindingsSection },
  { id: 'lineage', label: lineageWords.label, View: LineageSection },
  { id: 'compare', label: compareWords.label, View: CompareSection },
  { id: 'token', label: 'Token', View: TokenSection },
  { id: 'run', label: 'Run', View: RunSection },
];

/** DevTools cannot run flows. */
export function sectionsFor({ run }: Pick<InspectorTools, 'run'>): readonly Section[] {
  return run === null ? SECTIONS.filter(({ id }) => id !== 'run') : SECTIONS;
}
