import type { Browser } from 'webextension-polyfill';
import { analyse } from '../analyse.ts';
import type { Finding } from '../model/analysis.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { NO_DECISIONS, withoutMuted } from '../view/decisions.ts';
import { createDecisionsStore } from './decisions-store.ts';
import type { WatchLog } from './watch-log.ts';

/** What the toolbar shows for one tab. */
export interface Badge {
  /** Shape of the worst severity and number; empty for no badge. */
  readonly text: string;
  /** CSS colour. */
  readonly background: string;
  /** The same in words: the name that a screen reader and the tooltip give. */
  readonly title: string;
}

const NAME = 'OAuth Inspector';

/** White text on each of them has a contrast of at least 4.5 : 1. */
const LOOKS: Readonly<Record<Exclude<Severity, 'info'>, { readonly shape: string; readonly background: string }>> = {
  high: { shape: '▲', background: '#b3261e' },
  medium: { shape: '◆', background: '#974800' },
  low: { shape: '●', background: '#6b5900' },
};

const NO_BADGE: Badge = { text: '', background: '#566070', title: NAME };

/**
 * Counts problems: findings that no other finding explains and that are more than a remark (`info`). Four characters
 * are what a toolbar has room for.
 */
export function badgeFor(findings: readonly Pick<Finding, 'severity' | 'parent'>[]): Badge {
  const problems = findings.filter(({ severity, parent }) => parent === null && severity !== 'info');
  const worst = SEVERITIES.find((severity) => problems.some((problem) => problem.severity === severity));
  if (worst === undefined || worst === 'info') return NO_BADGE;
  const count = problems.length;
  const { shape, background } = LOOKS[worst];
  return {
    text: `${shape}${count > 99 ? '99+' : count}`,
    background,
    title: `${NAME}: ${count} ${count === 1 ? 'problem' : 'problems'} in this tab, ${count === 1 ? 'severity' : 'the worst'} ${worst}`,
  };
}

/** Sets the badge of a tab. A tab that is gone needs none. */
export async function showBadge(browser: Browser, tab: number, badge: Badge): Promise<void> {
  const { action } = browser;
  await ifTabExists(browser, tab, async () => {
    await Promise.all([
      action.setBadgeText({ tabId: tab, text: badge.text }),
      action.setBadgeBackgroundColor({ tabId: tab, color: badge.background }),
      action.setBadgeTextColor({ tabId: tab, color: '#ffffff' }),
      action.setTitle({ tabId: tab, title: badge.title }),
    ]);
  });
}

/** Judges what the log says of a tab and shows the result, without what is muted. */
export async function refreshBadge(browser: Browser, log: WatchLog, tab: number): Promise<Badge> {
  const { observations } = await log.observed({ tab });
  const { mutes, profile } = observations.length === 0 ? NO_DECISIONS : await createDecisionsStore(browser).read();
  const { findings } = await analyse(observations, { now: Date.now(), profile });
  const badge = badgeFor(withoutMuted(findings, mutes));
  await showBadge(browser, tab, badge);
  return badge;
}

/** Pauses between looks at a badge that a navigation may take away, in milliseconds: a page may be slow to arrive. */
const LOOKS_AFTER = [150, 350, 700, 1500, 3000, 6000, 12_000];

/** The badges of all tabs, as the background keeps them. */
export interface Badges {
  /** Judges a tab and shows the result. */
  refresh(tab: number): Promise<void>;
  /**
   * To be called when a navigation of the tab begins. Browsers drop a tab's badge when the tab shows another document,
   * and the end of a sign-in is such a navigation; the tab is judged again once its badge is gone. No event is spent on
   * it, since the worker is awake for the navigation anyway.
   */
  keep(tab: number): Promise<void>;
}

export function createBadges(browser: Browser, log: WatchLog, wait: (milliseconds: number) => Promise<void>): Badges {
  /** Spares ordinary tabs the reading of the log; what a restart of the worker forgets is found out again. */
  const shown = new Map<number, boolean>();
  /** The navigation that each tab is in; a later one takes over from the one before. */
  const current = new Map<number, object>();
  const gone = async (tab: number): Promise<boolean> => (await browser.action.getBadgeText({ tabId: tab })) === '';

  async function refresh(tab: number): Promise<boolean> {
    const { text } = await refreshBadge(browser, log, tab);
    shown.set(tab, text !== '');
    return text !== '';
  }

  /** The navigation may already have taken the badge when its event arrives, so that none there says little. */
  async function hasBadge(tab: number): Promise<boolean> {
    if (shown.get(tab) === true || !(await gone(tab))) return true;
    return shown.has(tab) ? false : refresh(tab);
  }

  async function keep(tab: number): Promise<void> {
    const navigation = {};
    const expected = current.has(tab);
    current.set(tab, navigation);
    try {
      if (!expected && !(await hasBadge(tab))) return;
      for (const pause of LOOKS_AFTER) {
        await wait(pause);
        if (current.get(tab) !== navigation) return;
        if (await gone(tab)) {
          await refresh(tab);
          return;
        }
      }
    } finally {
      if (current.get(tab) === navigation) current.delete(tab);
    }
  }

  return {
    refresh: (tab) => ifTabExists(browser, tab, () => refresh(tab)),
    keep: (tab) => ifTabExists(browser, tab, () => keep(tab)),
  };
}

/** Every call about a tab fails when the tab was closed in the meantime, which is no error. */
async function ifTabExists(browser: Browser, tab: number, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const exists = await browser.tabs.get(tab).then(
      () => true,
      () => false,
    );
    if (exists) throw error;
  }
}
