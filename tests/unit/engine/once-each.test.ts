import { expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';

const poll = (seconds: number): string => `
# time +${seconds}
# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=tv1&device_code=GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eS
`;

test('a defect that every poll repeats is one finding', async () => {
  const start =
    'POST https://as.example/device_authorization\nContent-Type: application/x-www-form-urlencoded\n\nclient_id=tv1&scope=x\n\n200\nContent-Type: application/json\n\n{"device_code":"GmRhmhcxhwAzkoEqiMEgDnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT","verification_uri":"https://as.example/device"}\n';
  const { flows, findings } = await analyse(parseTrace(start + [5, 10, 15].map(poll).join('')));
  expect(flows.length).toBe(1);
  expect(findings.filter((finding) => finding.rule === 'device-flow-in-browser').length).toBe(1);
});
