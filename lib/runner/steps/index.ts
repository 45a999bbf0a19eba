import type { Run, Step, StepId } from '../run.ts';
import * as back from './back-channel.ts';
import * as front from './front-channel.ts';
import * as resource from './resource.ts';
import type { StepDefinition } from './step.ts';

const DEFINITIONS: Readonly<Record<Exclude<StepId, 'token' | 'client'>, StepDefinition>> = {
  probe: resource.probe,
  resourceMetadata: resource.resourceMetadata,
  discovery: back.discovery,
  registration: resource.registration,
  key: back.key,
  pkce: front.pkce,
  requestObject: front.requestObject,
  par: front.par,
  request: front.request,
  signIn: front.signIn,
  callback: front.callback,
  device: back.device,
  poll: back.poll,
  idToken: back.idToken,
  refresh: back.refresh,
  introspection: back.introspection,
  revocation: back.revocation,
  userinfo: back.userinfo,
  resourceCall: resource.resourceCall,
  logout: front.logout,
};

/** What a step does: the token step depends on the grant, that of the client on whether one was given. */
export function definitionOf({ id }: Pick<Step, 'id'>, { config }: Pick<Run, 'config'>): StepDefinition {
  if (id === 'client') return config.clientId === '' ? resource.registration : resource.givenClient;
  if (id !== 'token') return DEFINITIONS[id];
  if (config.flow === 'clientCredentials') return back.serviceToken;
  return config.flow === 'tokenExchange' ? back.exchangeToken : back.codeToken;
}
