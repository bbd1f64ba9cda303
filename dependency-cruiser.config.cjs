/**
 * Who may import whom: one direction, no circles. The rooms are described in CONTRIBUTING.md.
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** A room may import itself, and what is listed here; packages and node's modules are ruled apart. */
const mayImport = {
  '^probes/': ['^src/domain/'],
  '^src/domain/': [],
  '^src/config/': ['^src/domain/'],
  '^src/schedule/': ['^src/domain/'],
  '^src/store/': ['^src/domain/'],
  '^src/assess/': ['^src/domain/', '^src/store/'],
  '^src/alerts/': ['^src/domain/'],
  '^src/metrics/': ['^src/domain/'],
  '^src/report/': ['^src/domain/'],
  '^src/web/': ['^src/domain/', '^src/store/', '^src/metrics/', '^src/report/'],
  '^src/demo/': ['^src/domain/'],
  '^src/sink/': ['^src/domain/'],
};

const rooms = Object.entries(mayImport).map(([room, others]) => ({
  name: `${room.slice(1, -1)}-imports`,
  severity: 'error',
  from: { path: room },
  to: { path: '^(src|probes|tests|bench)/', pathNot: [room, ...others] },
}));

module.exports = {
  forbidden: [
    ...rooms,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'no package but the calendar, nothing of node, no clock',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'temporal-polyfill' },
    },
    {
      name: 'prom-client-only-in-metrics',
      severity: 'error',
      from: { pathNot: '^(src/metrics|tests)/' },
      to: { path: 'node_modules/prom-client' },
    },
    {
      name: 'sqlite-only-in-store',
      severity: 'error',
      from: { pathNot: '^(src/store|tests)/' },
      to: { path: 'node_modules/better-sqlite3' },
    },
    ...Object.entries({
      nodemailer: '^(probes/(smtp|mx)|tests|bench)/',
      imapflow: '^(probes/imap|tests|bench)/',
      'node-pop3': '^(probes/pop|tests|bench)/',
    }).map(([library, rooms]) => ({
      name: `${library}-only-in-its-protocol`,
      severity: 'error',
      from: { pathNot: rooms },
      to: { path: `node_modules/${library}/`, pathNot: 'node_modules/.*/node_modules/' },
    })),
    {
      name: 'product-does-not-know-its-tests',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      to: { path: '^(tests|bench)/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(src|probes)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
