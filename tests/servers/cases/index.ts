import type { DemoCase } from '../case.ts';
import { codePkceConfidential } from './code-pkce-confidential.ts';
import { codePkcePublic } from './code-pkce-public.ts';
import { device } from './device.ts';
import { dpop } from './dpop.ts';
import { formPost } from './form-post.ts';
import { implicit } from './implicit.ts';
import { issMismatch } from './iss-mismatch.ts';
import { jar } from './jar.ts';
import { jarm } from './jarm.ts';
import { logout } from './logout.ts';
import { noStateNoPkce } from './no-state-no-pkce.ts';
import { par } from './par.ts';
import { pkcePlain } from './pkce-plain.ts';
import { refreshRotation } from './refresh-rotation.ts';
import { ropc } from './ropc.ts';
import { s256NoState } from './s256-no-state.ts';
import { secretInPage } from './secret-in-page.ts';
import { silentRenew } from './silent-renew.ts';
import { stateMismatch } from './state-mismatch.ts';

/** Sound clients first, then one mistake each. */
export const cases: readonly DemoCase[] = [
  codePkcePublic,
  codePkceConfidential,
  formPost,
  silentRenew,
  refreshRotation,
  par,
  jar,
  jarm,
  dpop,
  device,
  logout,
  s256NoState,
  noStateNoPkce,
  implicit,
  pkcePlain,
  secretInPage,
  stateMismatch,
  issMismatch,
  ropc,
];
