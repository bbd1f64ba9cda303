import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { loadSettings } from '../../src/config/load.ts';

const file = join(import.meta.dirname, '../../config/kubernetes/mailminute.yaml');
const objects = parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS());
const of = (kind: string) => objects.find((one) => one.kind === kind);

test('the Kubernetes example holds one replica that is replaced, not doubled', () => {
  const { spec } = of('Deployment');
  assert.equal(spec.replicas, 1);
  assert.equal(spec.strategy.type, 'Recreate');
});

test('it runs as the image’s user, with a read-only root and no capabilities', () => {
  const { spec } = of('Deployment').spec.template;
  assert.equal(spec.securityContext.runAsUser, 10_925);
  assert.equal(spec.securityContext.runAsNonRoot, true);
  const [{ securityContext }] = spec.containers;
  assert.equal(securityContext.readOnlyRootFilesystem, true);
  assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
});

test('its numbers, port and paths are the image’s', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  const { containers, securityContext } = of('Deployment').spec.template.spec;
  const [{ ports, volumeMounts, startupProbe, livenessProbe, readinessProbe }] = containers;
  assert.match(
    dockerfile,
    new RegExp(`^USER ${securityContext.runAsUser}:${securityContext.runAsGroup}$`, 'm'),
  );
  assert.equal(securityContext.fsGroup, securityContext.runAsGroup);
  assert.match(dockerfile, new RegExp(`^EXPOSE ${ports[0].containerPort}$`, 'm'));
  const paths = volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
  assert.deepEqual(paths, ['/data', '/etc/mailminute', '/run/secrets', '/tmp']);
  assert.match(dockerfile, /^VOLUME \/data$/m);
  assert.match(dockerfile, /^ENV MAILMINUTE_CONFIG=\/etc\/mailminute\/mailminute\.yaml$/m);
  assert.deepEqual(
    [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path),
    ['/-/healthy', '/-/healthy', '/-/ready'],
  );
});

test('its configuration is valid, and every volume and secret that it names is there', () => {
  const text = of('ConfigMap').data['mailminute.yaml'];
  const secrets = Object.keys(of('Secret').stringData);
  const { faults } = loadSettings(
    '/etc/mailminute/mailminute.yaml',
    {},
    {
      list: () => [],
      read(path) {
        if (path === '/etc/mailminute/mailminute.yaml') return text;
        const name = path.replace('/run/secrets/', '');
        if (secrets.includes(name)) return 'a password';
        return readFileSync(path, 'utf8');
      },
    },
  );
  assert.deepEqual(faults, []);
  const { containers, volumes } = of('Deployment').spec.template.spec;
  const known = volumes.map(({ name }: { name: string }) => name);
  for (const { name } of containers[0].volumeMounts) assert.ok(known.includes(name), name);
});

test('the service and its monitor find the pod', () => {
  assert.deepEqual(of('Service').spec.selector, of('Deployment').spec.selector.matchLabels);
  assert.deepEqual(of('ServiceMonitor').spec.selector.matchLabels, of('Service').metadata.labels);
});
