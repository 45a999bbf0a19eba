import { describe, expect, test } from 'vitest';
import { parseTrace } from '../../../lib/http/trace.ts';
import { clientSwitch } from '../../../lib/view/client-type.ts';
import { byClient, FEW_RULES, traces } from './support.ts';

async function switchOf(trace: string, told: 'public' | 'confidential' | 'unknown' = 'unknown') {
  const by = await byClient(parseTrace(trace), FEW_RULES);
  const [flow] = by.unknown.flows;
  if (flow === undefined) throw new Error('no flow');
  return clientSwitch(by, flow, told);
}

describe('the switch for the type of the client', () => {
  test('is there where it changes a severity', async () => {
    const shown = await switchOf(traces.unknownClient);
    expect(shown?.options.map((option) => option.value)).toEqual(['public', 'confidential', 'unknown']);
    expect(shown?.chosen).toBe('unknown');
    expect(shown?.because).toBe('Nothing seen shows which. It changes the severity.');
  });

  test('is not there where it changes nothing', async () => {
    expect(await switchOf(traces.implicit)).toBeNull();
  });

  test('starts at what was seen and then offers no "unknown"', async () => {
    const shown = await switchOf(traces.noPkce);
    expect(shown?.chosen).toBe('public');
    expect(shown?.options.map((option) => option.value)).toEqual(['public', 'confidential']);
    expect(shown?.because).toBe('The page sends the token request, so it is public.');
  });

  test('says that it follows the person', async () => {
    const shown = await switchOf(traces.unknownClient, 'confidential');
    expect(shown).toMatchObject({ chosen: 'confidential', because: 'As you said.', client: 'as.example web1' });
  });
});
