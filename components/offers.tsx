import type { ComponentChildren } from 'preact';
import type { SitesView } from '../lib/view/checks.ts';
import { words } from '../lib/view/words.ts';
import { Icon, type IconName } from './icons.tsx';
import { usePopup } from './popup-context.ts';

interface OfferProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

function Offer({ icon, title, text, children }: OfferProps) {
  return (
    <div class="offer">
      <Icon name={icon} />
      <div>
        <h2>{title}</h2>
        <p class="soft">{text}</p>
      </div>
      {children}
    </div>
  );
}

/** What more could be seen: what the browser will ask, and what stays private. */
export function WatchOffers({ site }: { readonly site: SitesView }) {
  const { actions } = usePopup();
  const w = words.offers;
  return (
    <section class="offers" aria-label={w.label}>
      <Offer icon="eye" title={w.watchTitle} text={w.watchText(site.name)}>
        <button type="button" class="button primary" data-row onClick={() => actions.watch(site.origins)}>
          {w.watchButton}
        </button>
      </Offer>
      <p class="also soft">
        {w.or}
        <button type="button" class="link" data-row onClick={() => actions.watch([])}>
          {w.watchAll}
        </button>
        {w.all}
      </p>
    </section>
  );
}

/** Where the site is not known, all sites can be watched. */
export function WatchAllOffer() {
  const { actions } = usePopup();
  const w = words.offers;
  return (
    <section class="offers" aria-label={w.label}>
      <Offer icon="eye" title={w.watchAllTitle} text={w.watchAllText}>
        <button type="button" class="button primary" data-row onClick={() => actions.watch([])}>
          {w.watchButton}
        </button>
      </Offer>
      <p class="also soft">{w.private}</p>
    </section>
  );
}

/** Watching, and nothing seen yet: what to do to see something. */
export function SignInOffer() {
  const w = words.waiting;
  return (
    <section class="offers" aria-label={words.offers.label}>
      <Offer icon="signIn" title={w.offerTitle} text={w.offerText} />
    </section>
  );
}
