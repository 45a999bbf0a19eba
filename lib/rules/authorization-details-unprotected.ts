import { parseJson } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Param } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, frontChannelRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'authorization-details-unprotected',
  title: 'authorization_details in a plain address',
  subject: 'Protection of authorization_details',
  group: 'A',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'ASVS 5.0', section: '10.4.15', level: 'none' }],
  asvs: ['10.4.15'],
  why: 'The visitor, or anything in the browser, can change what is to be approved.',
  fix: 'Push the request or put the details into a signed request object.',
  copy: 'client_id=…&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A…',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    const inClear = message.params.find((param) => isDetails(param) && param.where !== 'jwt');
    const hasObject = message.params.some(({ name }) => name === 'request' || name === 'request_uri');
    if (inClear === undefined || hasObject) {
      const messages = [message, ...messagesOf(flow, 'pushedAuthorizationRequest')];
      if (messages.some(({ params }) => params.some(isDetails))) return c.pass;
      const unseen = blindSpot(message);
      return unseen === null ? c.notApplicable : c.cannotTell(unseen);
    }
    if (!Array.isArray(parseJson(inClear.value))) return c.notApplicable;
    const evidence = [c.at(message, inClear)] as const;
    if (flow.clientType.is === 'public') {
      return c.fail({
        evidence,
        severity: 'info',
        summary: c.say`A client that runs in the hands of the visitor cannot keep them from being changed: check them on the server.`,
      });
    }
    return MONEY.test(inClear.value)
      ? c.fail({ evidence, severity: 'medium', summary: c.say`The details name amounts or accounts.` })
      : c.fail({ evidence, summary: c.say`Neither a signature nor a pushed request protects the details.` });
  },
};

function isDetails({ name, value }: Param): boolean {
  return name === 'authorization_details' && value !== '';
}

const MONEY = /"(instructedAmount|amount|creditorAccount|debtorAccount|iban)"\s*:/i;

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const DETAILS = 'authorization_details=%5B%7B%22type%22%3A%22customer_information%22%7D%5D';
const PAYMENT =
  'authorization_details=%5B%7B%22type%22%3A%22payment_initiation%22%2C%22instructedAmount%22%3A%7B%22amount%22%3A%22123.50%22%7D%7D%5D';

export const examples: Examples = {
  violation: [
    { name: 'details in the address', trace: `${REQUEST}&${DETAILS}`, severity: 'low' },
    {
      name: 'details in a form',
      trace: `
        POST https://as.example/authorize
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${DETAILS}
      `,
      severity: 'low',
    },
    { name: 'a payment', trace: `${REQUEST}&${PAYMENT}`, severity: 'medium' },
    { name: 'a payment by a public client', trace: `${REQUEST}&${PAYMENT}`, clientType: 'public', severity: 'info' },
  ],
  clean: [
    {
      name: 'pushed',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${PAYMENT}

        201
        Content-Type: application/json

        {"request_uri":"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c","expires_in":60}

        ${PUSHED_UNSEEN}
      `,
    },
    {
      name: 'in a signed request object',
      trace: `${REQUEST}&request=eyJhbGciOiJFUzI1NiJ9.eyJhdXRob3JpemF0aW9uX2RldGFpbHMiOlt7InR5cGUiOiJwYXltZW50X2luaXRpYXRpb24ifV19.c2lnbmF0dXJl`,
    },
  ],
  lookAlike: [
    {
      name: 'superseded by a request object',
      trace: `${REQUEST}&${DETAILS}&request=eyJhbGciOiJFUzI1NiJ9.eyJjbGllbnRfaWQiOiJ3ZWIxIn0.c2lnbmF0dXJl`,
      verdict: 'pass',
    },
    {
      name: 'superseded by a pushed request',
      trace: `${PUSHED_UNSEEN}&${DETAILS}`,
      verdict: 'pass',
    },
    {
      name: 'no list of details',
      trace: `${REQUEST}&authorization_details=none`,
      verdict: 'notApplicable',
    },
    { name: 'empty', trace: `${REQUEST}&authorization_details=`, verdict: 'notApplicable' },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&${PAYMENT}`, verdict: 'notApplicable' },
  ],
  cannotTell: [{ name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] }],
};
