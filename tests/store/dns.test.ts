import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DomainRecords } from '../../src/domain/dns.ts';
import { dnsStore } from '../../src/store/dns.ts';
import { openDatabase } from '../../src/store/open.ts';

function look(at: number, given: Partial<DomainRecords['records']> = {}): DomainRecords {
  const records = { mx: ['10 mx.example'], ns: ['ns.example'], spf: ['v=spf1 -all'], ...given };
  return { domain: 'acme.example', at, records };
}

const always = { from: 0, to: 1_000_000 };

test('the first look is kept and is no change; one that finds the same adds nothing', () => {
  const connection = openDatabase(':memory:');
  const dns = dnsStore(connection);
  assert.deepEqual(dns.record('acme', look(100)), []);
  assert.deepEqual(dns.record('acme', look(400)), []);
  assert.deepEqual(dns.domainChanges('acme', always), []);
  assert.equal(connection.prepare('SELECT count(*) FROM domain_record').pluck().get(), 3);
});

test('a change is kept with the set before and after it, and the looks between which it came about', () => {
  const dns = dnsStore(openDatabase(':memory:'));
  dns.record('acme', look(100));
  dns.record('acme', look(400));
  const change = {
    domain: 'acme.example',
    type: 'mx' as const,
    unchangedAt: 400,
    at: 700,
    before: ['10 mx.example'],
    after: ['10 other.example'],
  };
  assert.deepEqual(dns.record('acme', look(700, { mx: ['10 other.example'] })), [change]);
  assert.deepEqual(dns.domainChanges('acme', always), [change]);
  assert.deepEqual(dns.domainChanges('acme', { from: 0, to: 700 }), []);
  assert.deepEqual(dns.domainChanges('another', always), []);
});

test('a look-up that failed is no change, neither when it fails nor when it is answered again', () => {
  const dns = dnsStore(openDatabase(':memory:'));
  dns.record('acme', look(100));
  dns.record('acme', look(400, { mx: null }));
  dns.record('acme', look(700));
  assert.deepEqual(dns.domainChanges('acme', always), []);
  const changed = dns.record('acme', look(1000, { ns: null, mx: [] }));
  assert.deepEqual(
    changed.map(({ type, unchangedAt, after }) => [type, unchangedAt, after]),
    [['mx', 700, []]],
  );
});

test('the records in force tell when they were first seen and when last answered for', () => {
  const dns = dnsStore(openDatabase(':memory:'));
  dns.record('acme', look(100));
  dns.record('acme', look(400, { spf: null }));
  dns.record('acme', look(700, { ns: ['new.example'], spf: null }));
  assert.deepEqual(
    dns
      .inForce('acme')
      .map(({ type, records, since, answeredAt }) => [type, records, since, answeredAt]),
    [
      ['mx', ['10 mx.example'], 100, 700],
      ['ns', ['new.example'], 700, 700],
      ['spf', ['v=spf1 -all'], 100, 100],
    ],
  );
});

test('the judge is given the last change of each type before its time as well', () => {
  const dns = dnsStore(openDatabase(':memory:'));
  dns.record('acme', look(100));
  dns.record('acme', look(400, { ns: [] }));
  dns.record('acme', look(700, { ns: [], mx: [] }));
  const bearing = (from: number) =>
    dns.changesBearingOn('acme', { from, to: 2_000 }).map(({ type, at }) => [type, at]);
  assert.deepEqual(bearing(600), [
    ['ns', 400],
    ['mx', 700],
  ]);
  // Another domain is watched now: what befell the one before it is over.
  dns.record('acme', { ...look(1000), domain: 'other.example' });
  assert.deepEqual(bearing(1500), []);
});
