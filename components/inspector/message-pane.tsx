import type {
  ClaimRow,
  DecodedView,
  HeaderRow,
  MessageView,
  MissingView,
  ParameterView,
} from '../../lib/view/message-view.ts';
import { words } from '../../lib/view/words.ts';
import { exportWords } from '../../lib/view/words-export.ts';
import { messageWords } from '../../lib/view/words-message.ts';
import { CopyButton } from '../copy-button.tsx';
import { Fold } from '../fold.tsx';
import { usePopup } from '../popup-context.ts';
import { Reference } from '../reference.tsx';
import { Rich } from '../rich.tsx';
import { RunProperly } from '../run-properly.tsx';
import { Secret } from '../secret.tsx';
import { useInspector } from './context.ts';
import { UnjudgedRows } from './flow-pane.tsx';
import { OpenFinding } from './open-finding.tsx';
import { PaneHead } from './panes.tsx';
import { ValueMark } from './value-mark.tsx';

export interface MessagePaneProps {
  readonly view: MessageView;
  readonly open: ReadonlySet<string>;
}

const w = messageWords;

/** One message in full: what it proves, its parameters, what is absent, headers, and what could not be judged. */
export function MessagePane({ view, open }: MessagePaneProps) {
  const { actions } = usePopup();
  const { curl } = useInspector();
  const { parameters, missing, response, request } = view;
  const offered = view.findings.some((finding) => finding.request !== null);
  return (
    <>
      <PaneHead
        heading={
          <span dir="ltr">
            {view.number} {view.title}
          </span>
        }
        detail={view.detail}
      >
        {view.toRun === null || offered ? null : <RunProperly request={view.toRun} />}
        {request === null ? null : (
          <CopyButton
            label={exportWords.curl}
            done={exportWords.curlDone}
            caption={exportWords.curlCaption}
            text={() => curl(request)}
          />
        )}
        <CopyButton label={w.copy} done={words.finding.copied} text={() => view.copy} />
      </PaneHead>
      <div class="pane-scroll message">
        {view.inferred === null ? null : (
          <section class="section">
            <h2>{w.inferredTitle}</h2>
            <p class="soft">{view.inferred}</p>
          </section>
        )}
        {view.findings.map((finding) => (
          <OpenFinding finding={finding} key={finding.key} />
        ))}
        {parameters.length + missing.length === 0 ? null : (
          <section class="section" aria-labelledby="message-parameters">
            <div class="section-head">
              <h2 id="message-parameters">{w.parameters}</h2>
              <span class="num faint">{w.sent(parameters.length + view.more)}</span>
            </div>
            <ul class="parameters">
              {parameters.map((parameter) => (
                <Parameter key={parameter.key} parameter={parameter} reveal={actions.reveal} />
              ))}
              {view.more === 0 ? null : <li class="soft">{w.moreParameters(view.more)}</li>}
              {missing.map((one) => (
                <Missing key={one.name} missing={one} />
              ))}
            </ul>
          </section>
        )}
        {view.hidden === null ? null : (
          <section class="section">
            <h2>{w.body}</h2>
            <p class="soft">{view.hidden}</p>
          </section>
        )}
        {view.unjudged.length === 0 ? null : (
          <section class="section" aria-labelledby="message-unjudged">
            <div class="section-head">
              <h2 id="message-unjudged">{w.unjudged}</h2>
            </div>
            <UnjudgedRows items={view.unjudged} />
          </section>
        )}
        {response === null ? null : (
          <section class="section">
            <h2>{w.response}</h2>
            <p class="soft">{response}</p>
          </section>
        )}
        <Headers id="message:headers" title={w.headers} rows={view.headers} open={open} />
        <Headers id="message:response-headers" title={w.responseHeaders} rows={view.responseHeaders} open={open} />
      </div>
    </>
  );
}

interface ParameterProps {
  readonly parameter: ParameterView;
  readonly reveal: (ref: NonNullable<ParameterView['ref']>) => string | null;
}

function Parameter({ parameter, reveal }: ParameterProps) {
  const { name, value, ref, mark, meaning, reference, decoded } = parameter;
  return (
    <li class="parameter">
      <div class="parameter-line">
        <code class="parameter-name" dir="ltr">
          {name}
        </code>
        <span class="parameter-value">
          {ref === null ? (
            <code dir="ltr">{value === '' ? w.empty : value}</code>
          ) : (
            <Secret name={name} masked={value} reveal={() => reveal(ref)} />
          )}
          {mark === null ? null : <ValueMark mark={mark} />}
        </span>
      </div>
      <div class="parameter-line faint">
        <span class="grow">
          <Rich text={meaning} />
        </span>
        {reference === null ? null : <Reference reference={reference} />}
      </div>
      {decoded === null ? null : <Decoded decoded={decoded} name={name} />}
    </li>
  );
}

function Missing({ missing }: { readonly missing: MissingView }) {
  return (
    <li class="parameter absent">
      <div class="parameter-line">
        <code class="parameter-name">{missing.name}</code>
        <span class="parameter-value">
          <code>{w.notSent}</code>
        </span>
      </div>
      <div class="parameter-line soft">
        <span class="grow">
          <Rich text={missing.meaning} />
        </span>
        {missing.reference === null ? null : <Reference reference={missing.reference} />}
      </div>
    </li>
  );
}

/** A token in place: header and claims, those that may say who the person is masked. */
function Decoded({ decoded, name }: { readonly decoded: DecodedView; readonly name: string }) {
  if (decoded.problem !== null) return <p class="decoded soft">{w.notDecoded(decoded.problem)}</p>;
  return (
    <div class="decoded">
      <Claims label={w.claims('header', name)} rows={decoded.header} part="1" />
      <Claims label={w.claims('payload', name)} rows={decoded.claims} part="2" />
    </div>
  );
}

function Claims({ label, rows, part }: { readonly label: string; readonly rows: readonly ClaimRow[]; part: string }) {
  return rows.length === 0 ? null : (
    <dl class={`message-claims part-${part}`} aria-label={label}>
      {rows.map(({ name, value, meaning }, index) => (
        <div key={index} title={meaning}>
          <dt>
            <code dir="ltr">{name}</code>
          </dt>
          <dd>
            <code dir="ltr">{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface HeadersProps {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly HeaderRow[];
  readonly open: ReadonlySet<string>;
}

function Headers({ id, title, rows, open }: HeadersProps) {
  return rows.length === 0 ? null : (
    <Fold
      id={id}
      open={open.has(id)}
      title={title}
      head={
        <span class="row-title">
          {title} <span class="num faint">{rows.length}</span>
        </span>
      }
    >
      <dl class="message-claims">
        {rows.map(({ name, value }, index) => (
          <div key={index}>
            <dt>
              <code dir="ltr">{name}</code>
            </dt>
            <dd>
              <code dir="ltr">{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </Fold>
  );
}
