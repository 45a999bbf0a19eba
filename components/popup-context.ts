import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PopupActions } from '../lib/view/model.ts';

/** What every part of the popup may use. */
export interface PopupTools {
  readonly actions: PopupActions;
  /** Tells a screen reader what just happened. */
  readonly announce: (text: string) => void;
}

const PopupContext = createContext<PopupTools | null>(null);

export const PopupProvider = PopupContext.Provider;

export function usePopup(): PopupTools {
  const tools = useContext(PopupContext);
  if (tools === null) throw new Error('used outside of PopupProvider');
  return tools;
}
