import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContext } from 'playwright-core';
import { probesWith } from '../../probes/index.ts';
import type { Chromiums } from '../../probes/webmail/chromium/pool.ts';
import { asking, contextWith, tenantWith } from '../support/probing.ts';

test('a browser that never opens the page keeps no place of the others', async () => {
  let ended = 0;
  const context = { newPage: () => new Promise(() => {}) } as unknown as BrowserContext;
  const chromiums: Chromiums = {
    lease: async () => ({
      context,
      end: async () => {
        ended += 1;
      },
    }),
    stop: async () => {},
  };
  const flow = { name: 'fake', driver: 'browser', steps: [] } as const;
  const tenant = tenantWith({
    webmail: { url: 'http://127.0.0.1:9/', ca: null, flow, consent: null, sendInterval: null },
    attemptDeadline: 100,
  });
  const { webmail } = probesWith({ chromiums, evidence: 'none' });
  const keepAlive = setTimeout(() => {}, 5000);
  const { result } = await webmail(tenant, asking({ depth: 'connect' }), contextWith());
  await new Promise(setImmediate);
  clearTimeout(keepAlive);
  assert.equal(result.failure?.reason, 'internal-error');
  assert.equal(ended, 1);
});
