import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { BrokenView, ClaimView, KnownField, PartView, TokenRow, TokenView } from '../lib/view/token.ts';
import type { TokenActions, TokenModel } from '../lib/view/token-model.ts';
import { tokenWords } from '../lib/view/words-token.ts';
import { ConvertPage } from './convert-page.tsx';
import { Fold } from './fold.tsx';
import { FootBar, FootButton } from './footer.tsx';
import { Icon } from './icons.tsx';
import { isTyping } from './keyboard.ts';
import { LocalTools } from './local-tools.tsx';
import { MakePage } from './make-page.tsx';
import { PastedCard, PastedThings } from './pasted.tsx';
import { Rich } from './rich.tsx';
import { Secret } from './secret.tsx';
import { Shape } from './shape.tsx';
import { TokenBox } from './token-box.tsx';

export interface TokenPageProps {
  readonly model: TokenModel;
  readonly actions: TokenActions;
}

/** The view "Token": is it right first, then what is inside. */
export function TokenPage({ model, actions }: TokenPageProps) {
  const Page = { token: TokenReader, convert: ConvertPage, make: MakePage }[model.page];
  return <Page model={model} actions={actions} />;
}

function TokenReader({ model, actions }: TokenPageProps) {
  const { view, paste, notice } = model;
  // With the render: what is pasted right after opening must not be lost.
  useLayoutEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      if (isTyping(event.target) || text.trim() === '') return;
      event.preventDefault();
      actions.setText(text, true);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [actions]);
  return (
    <>
      {paste === null ? (
        <section class="verdict">
          <h1>{tokenWords.paste.heading}</h1>
          <p class="soft">{tokenWords.paste.detail}</p>
        </section>
      ) : null}
      <TokenBox model={model} actions={actions} />
      {notice === null ? null : (
        <p class="notice token-notice" role="alert">
          {notice}
        </p>
      )}
      {paste === null || paste.heads.length < 2 ? null : <PastedThings paste={paste} actions={actions} />}
      {paste?.card ? <PastedCard key={paste.chosen} card={paste.card} actions={actions} /> : null}
      {view === null ? null : <Report view={view} model={model} actions={actions} />}
    </>
  );
}

export function TokenFooter({ model, actions }: TokenPageProps) {
  const { footer, footerSent, convert, make } = tokenWords;
  const others = { token: convert.back, convert: convert.open, make: make.open };
  return (
    <FootBar text={model.asked === null ? footer : footerSent(model.asked)}>
      {(['token', 'convert', 'make'] as const)
        .filter((page) => page !== model.page)
        .map((page) => (
          <FootButton key={page} text={others[page]} act={() => actions.openPage(page)} />
        ))}
    </FootBar>
  );
}

interface ReportProps extends TokenPageProps {
  readonly view: TokenView;
}

function Report({ view, model, actions }: ReportProps) {
  const opened = useSignal(false);
  const comparing = opened.value || view.fields.some(({ value }) => value !== '');
  const compare = () => {
    opened.value = !opened.value;
  };
  return (
    <>
      <section class="token-verdict">
        <h1>{view.heading}</h1>
        {view.broken === null ? null : <Broken broken={view.broken} />}
        <ul class="token-rows">
          {view.rows.map((row) => (
            <Row key={row.id} row={row} model={model} actions={actions} comparing={comparing} compare={compare} />
          ))}
        </ul>
        {comparing && view.fields.length > 0 ? (
          <Compare pressed={opened.value} fields={view.fields} actions={actions} />
        ) : null}
      </section>
      {view.headers.map((header, layer) => (
        <Part key={layer} part={header} kind={0} actions={actions} folded />
      ))}
      {view.claims === null ? null : <Part part={view.claims} kind={1} actions={actions} />}
      {view.content === null ? null : (
        <section class="part part-1">
          <h2>{tokenWords.content}</h2>
          <code class="part-content">{view.content}</code>
        </section>
      )}
    </>
  );
}

/** Which part, which character, and the character itself among its neighbours. */
function Broken({ broken }: { readonly broken: BrokenView }) {
  const w = tokenWords.broken;
  return (
    <>
      <div class="token-row">
        <Shape mark="high" />
        <p>
          <span class="strong">{broken.where}.</span> {broken.message}
        </p>
      </div>
      <p class="token-place">
        <code dir="ltr">
          {broken.before}
          <mark title={w.here}>
            {broken.at ?? '\u00a0'}
            <span class="spoken"> ({w.here}) </span>
          </mark>
          {broken.after}
        </code>
      </p>
      <p class="soft">{w.next}</p>
    </>
  );
}

interface CompareProps {
  /** Opened by a press just now, and not by what was typed for the token before. */
  readonly pressed: boolean;
  readonly fields: readonly KnownField[];
  readonly actions: TokenActions;
}

/** What the person knows of the request; each is compared as it is typed. */
function Compare({ pressed, fields, actions }: CompareProps) {
  const w = tokenWords.checks;
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (pressed) first.current?.focus();
  }, [pressed]);
  return (
    <fieldset class="token-compare">
      <legend class="soft">{w.form}</legend>
      {fields.map(({ name, label, placeholder, value }, index) => (
        <label class="field" key={name}>
          <span class="soft">{label}</span>
          <input
            {...(index === 0 ? { ref: first } : {})}
            type="text"
            dir="ltr"
            spellcheck={false}
            autocomplete="off"
            placeholder={placeholder}
            value={value}
            onInput={(event) => actions.setKnown(name, event.currentTarget.value)}
          />
        </label>
      ))}
    </fieldset>
  );
}

interface RowProps extends TokenPageProps {
  readonly row: TokenRow;
  /** The fields to compare with are open. */
  readonly comparing: boolean;
  readonly compare: () => void;
}

function Row({ row, model, actions, comparing, compare }: RowProps) {
  const { mark, text, strong, rest, offer, wantsKey } = row;
  const asking = useSignal(false);
  const w = tokenWords;
  const open = asking.value || (wantsKey && model.keyText !== '');
  return (
    <li class="token-row">
      {mark === 'clock' ? <Icon name="clock" /> : <Shape mark={mark} />}
      <div class="grow">
        <p class="num">
          <Rich text={text} />
          {strong === null ? null : <b>{strong}</b>}
          {rest}
          {strong === null && !/[.?]$/.test(text.at(-1)?.text ?? '') ? '.' : null}
        </p>
        {offer === null || offer.is === 'compare' ? null : (
          <button
            type="button"
            class="button small"
            data-row
            onClick={offer.is === 'stop' ? actions.stop : actions.checkKeys}
          >
            {offer.label}
          </button>
        )}
        {wantsKey && !open ? (
          <button
            type="button"
            class={offer === null ? 'button small' : 'link token-or'}
            data-row
            onClick={() => {
              asking.value = true;
            }}
          >
            {w.signature.giveKey}
          </button>
        ) : null}
        {wantsKey && open ? (
          <label class="field">
            <span class="soft">{w.signature.keyLabel}</span>
            <textarea
              rows={3}
              dir="ltr"
              spellcheck={false}
              autocomplete="off"
              placeholder={w.signature.keyPlaceholder}
              value={model.keyText}
              onInput={(event) => actions.setKey(event.currentTarget.value)}
            />
          </label>
        ) : null}
      </div>
      {offer?.is === 'compare' ? (
        <button type="button" class="link" data-row aria-expanded={comparing} onClick={compare}>
          {offer.label}
        </button>
      ) : null}
    </li>
  );
}

interface PartProps {
  readonly part: PartView;
  /** Its colour in the token above. */
  readonly kind: 0 | 1;
  readonly actions: TokenActions;
  readonly folded?: boolean;
}

function Part({ part, kind, actions, folded = false }: PartProps) {
  const head = (
    <>
      <span class="swatch" aria-hidden="true" />
      <span class="grow strong">{part.title}</span>
      <span class="part-summary soft num">
        <Rich text={part.summary} />
      </span>
    </>
  );
  const rows = (
    <dl class="claims">
      {part.rows.map((row) => (
        <Claim key={row.name} row={row} actions={actions} />
      ))}
    </dl>
  );
  return folded ? (
    <LocalTools>
      {(open) => (
        <div class={`part part-${kind}`}>
          <Fold id="part" open={open.has('part')} title={part.title} head={head}>
            {rows}
          </Fold>
        </div>
      )}
    </LocalTools>
  ) : (
    <section class={`part part-${kind} fold`} aria-label={part.title}>
      <h2 class="part-head">{head}</h2>
      {rows}
    </section>
  );
}

function Claim({ row, actions }: { readonly row: ClaimView; readonly actions: TokenActions }) {
  const { ref } = row;
  const hint = row.section === null ? row.meaning : `${row.meaning} (${row.section})`;
  return (
    <div class="claim">
      <dt>
        <code title={hint}>{row.name}</code>
      </dt>
      <dd>
        {row.list.length > 0 && ref === null ? (
          <ul class="claim-words">
            {row.list.map(({ word, means }, index) => (
              <li key={index}>
                <code dir="ltr">{word}</code> {means === null ? null : <span class="soft">{means}</span>}
              </li>
            ))}
          </ul>
        ) : ref === null ? (
          <code class="claim-value" dir="ltr">
            {row.value}
          </code>
        ) : (
          <Secret name={row.name} masked={row.value} reveal={() => actions.reveal(ref)} />
        )}{' '}
        {row.note === null ? null : <span class="num claim-note">{row.note} </span>}
        <span class="soft claim-meaning">{row.note === null && row.list.length === 0 ? row.meaning : null}</span>
      </dd>
      <dd class="claim-mark">{row.mark === null ? null : <Shape mark={row.mark} />}</dd>
    </div>
  );
}
