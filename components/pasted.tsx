import type { CardView } from '../lib/view/paste.ts';
import type { PasteModel, TokenActions } from '../lib/view/token-model.ts';
import { pasteWords } from '../lib/view/words-paste.ts';
import { Secret } from './secret.tsx';
import { Shape } from './shape.tsx';

export interface PastedThingsProps {
  readonly paste: PasteModel;
  readonly actions: TokenActions;
}

/** Everything that was found in the paste, one line each; the chosen one is open below. */
export function PastedThings({ paste, actions }: PastedThingsProps) {
  return (
    <nav class="pasted-things" aria-label={pasteWords.cards}>
      <h2 class="soft">{pasteWords.cards}</h2>
      <ul>
        {paste.heads.map(({ title, from }, index) => (
          <li key={index}>
            <button
              type="button"
              class="pasted-thing"
              data-row
              aria-current={index === paste.chosen ? 'true' : undefined}
              onClick={() => actions.choose(index)}
            >
              <span>{title}</span>
              {from === null ? null : <span class="soft">{from}</span>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A thing that is no token: what it is, and its values. */
export function PastedCard({ card, actions }: { readonly card: CardView; readonly actions: TokenActions }) {
  return (
    <section class="part pasted-card">
      <h1>{card.title}</h1>
      {card.warns.map((text) => (
        <div class="token-row" key={text}>
          <Shape mark="medium" />
          <p>{text}</p>
        </div>
      ))}
      {card.says.map((text) => (
        <p class="soft" key={text}>
          {text}
        </p>
      ))}
      {card.rows.length === 0 ? null : (
        <dl class="claims">
          {card.rows.map((row, index) => (
            <div class="claim" key={index}>
              <dt>
                <code>{row.name}</code>
              </dt>
              <dd>
                {row.masked ? (
                  <Secret name={row.name} masked={row.value} reveal={() => actions.revealRow(index)} />
                ) : (
                  <code class="claim-value" dir="ltr">
                    {row.value}
                  </code>
                )}{' '}
                <span class="soft claim-meaning">{row.meaning}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
