import { benchAnalyse } from './bench-analyse.ts';
import { benchAudit } from './bench-audit.ts';
import { benchImport } from './bench-import.ts';
import { benchInspector } from './bench-inspector.ts';
import { benchPage } from './bench-page.ts';
import { benchRecogniser } from './bench-recogniser.ts';

/**
 * `npm run bench -- [recogniser|analyse|audit|inspector|page|import]… [FOLDER]`: what the core costs, as ratios to a
 * baseline timed in the same rounds; of the inspector and of a page that is checked also the tasks that keep them busy; of
 * an import the memory. FOLDER holds recordings whose addresses are used instead of made-up ones. Reports, never fails: how
 * fast a machine is says nothing about the code.
 */
const names = ['recogniser', 'analyse', 'audit', 'inspector', 'page', 'import'];
const args = process.argv.slice(2);
const chosen = args.filter((arg) => names.includes(arg));
const folder = args.find((arg) => !names.includes(arg));
const wanted = (name: string): boolean => chosen.length === 0 || chosen.includes(name);

if (wanted('recogniser')) await benchRecogniser(folder);
if (wanted('analyse')) await benchAnalyse();
if (wanted('audit')) await benchAudit();
if (wanted('inspector')) await benchInspector();
if (wanted('page')) await benchPage();
if (wanted('import')) await benchImport();
