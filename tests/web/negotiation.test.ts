import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiate } from '../../src/web/negotiation.ts';

const format = (accept: string | undefined): string => negotiate(accept, undefined).format;
const gzip = (acceptEncoding: string | undefined): boolean =>
  negotiate(undefined, acceptEncoding).gzip;

test('Prometheus gets OpenMetrics, as it asks for it, in all of its versions', () => {
  for (const accept of [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'Application/OpenMetrics-Text; version="1.0.0"; charset=utf-8',
    'text/plain;q=0.2, application/openmetrics-text;q=0.3',
  ])
    assert.equal(format(accept), 'openmetrics', accept);
});

test('the qualities decide, and the text format where they are equal or nothing fits', () => {
  for (const accept of [
    undefined,
    '',
    '*/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/plain;version=0.0.4;q=0.9, application/openmetrics-text;version=1.0.0;q=0.8',
    'text/plain, application/openmetrics-text',
    'application/openmetrics-text;version=1.0.0;q=0',
    'application/openmetrics-text;version=0.0.1',
    'application/openmetrics-text;version=9.0.0, */*;q=0.1',
    'application/json',
    ';;;,,,q=x',
  ])
    assert.equal(format(accept), 'text', accept);
});

test('what is refused is not sent though everything else is welcome', () => {
  assert.equal(format('text/plain;q=0, application/openmetrics-text;q=0.1, */*'), 'openmetrics');
  assert.equal(gzip('gzip;q=0, *'), false);
});

test('the answer is compressed where gzip is welcome', () => {
  for (const accepted of ['gzip', 'deflate, GZIP;q=0.2', '*', 'x-gzip'])
    assert.equal(gzip(accepted), true, accepted);
  for (const refused of [undefined, '', 'identity', 'br, deflate', 'gzip;q=0'])
    assert.equal(gzip(refused), false, refused);
});
