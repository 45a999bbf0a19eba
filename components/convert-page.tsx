import { useId } from 'preact/hooks';
import { ENCODINGS, type Encoding } from '../lib/view/convert.ts';
import { tokenWords } from '../lib/view/words-token.ts';
import { Made } from './made.tsx';
import { Segments } from './segments.tsx';
import { Shape } from './shape.tsx';
import type { TokenPageProps } from './token-view.tsx';

/** The same bytes in every encoding; a PKCE verifier and its challenge. */
export function ConvertPage({ model, actions }: TokenPageProps) {
  const w = tokenWords.convert;
  const { value, from, view, verifier, challenge, pkce } = model.convert;
  const place = useId();
  return (
    <>
      <section class="form">
        <h1>{w.heading}</h1>
        <p class="soft">{w.detail}</p>
        <Segments<Encoding>
          label={w.from}
          options={ENCODINGS.map((encoding) => ({ value: encoding, label: w.encoding[encoding] }))}
          chosen={from}
          onChoose={(next) => actions.setConvert(value, next)}
        />
        <label class="field">
          <span class="soft">{w.value}</span>
          <textarea
            rows={3}
            dir="ltr"
            spellcheck={false}
            autocomplete="off"
            value={value}
            aria-invalid={'error' in view}
            aria-describedby={'error' in view ? place : undefined}
            onInput={(event) => actions.setConvert(event.currentTarget.value, from)}
          />
        </label>
        {'error' in view ? (
          <div id={place}>
            <div class="token-row">
              <Shape mark="high" />
              <p>{view.error}</p>
            </div>
            <p class="token-place">
              <code dir="ltr">
                {view.before}
                <mark title={tokenWords.broken.here}>
                  {view.at ?? '\u00a0'}
                  <span class="spoken"> ({tokenWords.broken.here}) </span>
                </mark>
                {view.after}
              </code>
            </p>
          </div>
        ) : (
          <dl class="converted">
            {view.rows.map((row) => (
              <Made key={row.encoding} name={row.name} shown={row.shown} value={row.value} />
            ))}
          </dl>
        )}
      </section>
      <section class="form apart">
        <h2>{w.pkce}</h2>
        <p class="soft">{w.pkceDetail}</p>
        <label class="field">
          <span class="soft">{w.verifier}</span>
          <input
            type="text"
            dir="ltr"
            spellcheck={false}
            autocomplete="off"
            value={verifier}
            onInput={(event) => actions.setPkce(event.currentTarget.value, challenge)}
          />
        </label>
        <label class="field">
          <span class="soft">{w.challenge}</span>
          <input
            type="text"
            dir="ltr"
            spellcheck={false}
            autocomplete="off"
            value={challenge}
            onInput={(event) => actions.setPkce(verifier, event.currentTarget.value)}
          />
        </label>
        <button type="button" class="button small" onClick={actions.newVerifier}>
          {w.newVerifier}
        </button>
        {pkce === null || pkce.challenge === null ? null : (
          <dl class="converted">
            <Made name={w.made} shown={pkce.challenge} value={pkce.challenge} />
          </dl>
        )}
        {pkce === null || pkce.says === null ? null : (
          <div class="token-row" role="status">
            {pkce.mark === null ? null : <Shape mark={pkce.mark} />}
            <p>{pkce.says}.</p>
          </div>
        )}
      </section>
    </>
  );
}
