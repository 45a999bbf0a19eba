import { describe, expect, it } from 'vitest';
import type { WebRequest } from 'webextension-polyfill';
import { createRecorder, formNames } from '../../../lib/adapters/events.ts';
import { MAX_BODY, MAX_HEADER, MAX_URL, readRecord } from '../../../lib/log/records.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';
import { createFakeBrowser } from './fake-browser.ts';

const recorder = createRecorder(createFakeBrowser().browser);

function requestEvent(more: Readonly<Record<string, unknown>> = {}): WebRequest.OnBeforeRequestDetailsType {
  return {
    requestId: '5',
    url: 'https://as.example/token',
    method: 'POST',
    type: 'xmlhttprequest',
    tabId: 3,
    timeStamp: 1234.5,
    frameId: 0,
    parentFrameId: -1,
    thirdParty: false,
    ...more,
  } as WebRequest.OnBeforeRequestDetailsType;
}

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;

describe('the record of a request', () => {
  it('holds what the event says and nothing else', () => {
    expect(recorder.request(requestEvent({ initiator: 'https://app.example', frameId: 9, method: 'GET' }))).toEqual({
      is: 'request',
      id: '5',
      at: 1234.5,
      url: 'https://as.example/token',
      method: 'GET',
      type: 'xmlhttprequest',
      tab: 3,
      from: 'https://app.example',
      body: seen(null),
    });
  });

  it('takes the sender from Firefox, too, and an opaque origin for none', () => {
    const originUrl = 'https://app.example:8443/page#access_token=secret';
    expect(recorder.request(requestEvent({ originUrl })).from).toBe('https://app.example:8443');
    expect(recorder.request(requestEvent({ initiator: 'moz-extension://abc' })).from).toBe('moz-extension://abc');
    expect(recorder.request(requestEvent({ initiator: 'null' }))).not.toHaveProperty('from');
  });

  it('says of private windows and containers', () => {
    expect(recorder.request(requestEvent({ incognito: true, cookieStoreId: 'firefox-private' }))).toMatchObject({
      private: true,
      store: 'firefox-private',
    });
    expect(recorder.request(requestEvent({ incognito: false }))).not.toHaveProperty('private');
    const own = createRecorder(createFakeBrowser({ inIncognitoContext: true }).browser);
    expect(own.request(requestEvent())).toHaveProperty('private', true);
  });

  it('cuts an address that is too long and says so', () => {
    const record = recorder.request(requestEvent({ url: `https://as.example/?${'x'.repeat(MAX_URL)}` }));
    expect(record.url).toHaveLength(MAX_URL);
    expect(record.cut).toBe(true);
  });

  it('can be stored and read back', () => {
    const record = recorder.request(requestEvent({ requestBody: { formData: { a: ['1', '2'] } } }));
    expect(readRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });
});

describe('the body', () => {
  const bodyOf = (requestBody: unknown, method = 'POST') =>
    recorder.request(requestEvent({ requestBody, method })).body;

  it('is the fields of a parsed form, repeated names repeated', () => {
    expect(bodyOf({ formData: { grant_type: ['password'], scope: ['a', 'b'] } })).toEqual(
      seen({
        is: 'form',
        fields: [
          ['grant_type', 'password'],
          ['scope', 'a'],
          ['scope', 'b'],
        ],
      }),
    );
  });

  it('takes a field that came as bytes', () => {
    expect(bodyOf({ formData: { name: [bytes('é')] } })).toEqual(seen({ is: 'form', fields: [['name', 'é']] }));
  });

  it('is the text of all raw parts together, characters across parts whole', () => {
    const [first, second] = [bytes('{"code":"é"}').slice(0, 10), bytes('{"code":"é"}').slice(10)];
    expect(bodyOf({ raw: [{ bytes: first }, { bytes: second }] })).toEqual(seen({ is: 'text', text: '{"code":"é"}' }));
  });

  it('is hidden where the browser gives an error, a file, nothing of a Blob or an empty POST', () => {
    for (const body of [{ error: 'Unknown error.' }, { raw: [{ file: '/tmp/x' }] }, { raw: [] }, undefined, null]) {
      expect(bodyOf(body)).toEqual(unseen('api-hides-it'));
    }
  });

  it('is absent from a GET', () => {
    expect(bodyOf(undefined, 'GET')).toEqual(seen(null));
    expect(bodyOf(null, 'HEAD')).toEqual(seen(null));
  });

  it('is left out when it is too large, exactly from the cap on', () => {
    expect(bodyOf({ raw: [{ bytes: new ArrayBuffer(MAX_BODY) }] }).seen).toBe(true);
    expect(bodyOf({ raw: [{ bytes: new ArrayBuffer(MAX_BODY) }, { bytes: new ArrayBuffer(1) }] })).toEqual(
      unseen('too-large'),
    );
    expect(bodyOf({ formData: { a: ['x'.repeat(MAX_BODY)] } })).toEqual(unseen('too-large'));
  });
});

describe('headers', () => {
  it('are those that matter, and never a cookie', () => {
    const requestHeaders = [
      { name: 'Authorization', value: 'Basic YTpi' },
      { name: 'Cookie', value: 'session=1' },
      { name: 'DPoP', value: 'x'.repeat(MAX_HEADER + 1) },
      { name: 'Origin' },
    ];
    expect(
      recorder.headers({ ...requestEvent(), requestHeaders } as WebRequest.OnSendHeadersDetailsType).headers,
    ).toEqual([
      ['Authorization', 'Basic YTpi'],
      ['DPoP', 'x'.repeat(MAX_HEADER)],
    ]);
    const responseHeaders = [
      { name: 'Set-Cookie', value: 'session=1' },
      { name: 'Content-Type', value: 'application/json' },
    ];
    const done = {
      ...requestEvent(),
      statusCode: 200,
      responseHeaders,
    } as unknown as WebRequest.OnCompletedDetailsType;
    expect(recorder.completed(done).headers).toEqual([['Content-Type', 'application/json']]);
  });
});

it('formNames gives the names of a form and nothing for other bodies', () => {
  expect(formNames(requestEvent({ requestBody: { formData: { code: ['1'], state: ['2'] } } }))).toEqual([
    'code',
    'state',
  ]);
  expect(formNames(requestEvent({ requestBody: { raw: [] } }))).toEqual([]);
  expect(formNames(requestEvent())).toEqual([]);
});
