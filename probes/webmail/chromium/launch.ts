import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext } from 'playwright-core';
import { Fault } from '../../failure.ts';
import { killProcessesIn } from './processes.ts';

export interface ChromiumSettings {
  /** Absolute path of a Chromium or Chrome. */
  readonly executable: string;
  /** Chromium's own sandbox; it needs user namespaces and refuses to run for root. */
  readonly sandbox: boolean;
  /** A folder for profiles, used by nobody else. */
  readonly profiles: string;
}

export interface RunningChromium {
  readonly browser: Browser;
  /** Where it lives; gone after `close`. */
  readonly home: string;
  /** Ends it, if need be by force, and removes its folder. Within 5 s; never throws; may be called again. */
  close(): Promise<void>;
}

/** All integer ms. */
const launchLimit = 20_000;
const certutilLimit = 5000;
const closeLimit = 2000;

/** What a network without the internet has no use for, and what would talk to others than the webmail. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-proxy-server',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
];

/** Of the names of the folders in `profiles`. */
export const homePrefix = 'chromium-';

/**
 * Starts a Chromium of our own, with a fresh profile. It hangs on a pipe: when we die, it ends.
 * @param ca PEM text of authorities to trust besides Chromium's own; null for none
 * @throws Fault `internal-error` with the remedy
 */
export async function launchChromium(
  settings: ChromiumSettings,
  ca: string | null,
): Promise<RunningChromium> {
  await mkdir(settings.profiles, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(settings.profiles, homePrefix));
  let closing: Promise<void> | null = null;
  try {
    if (ca !== null) await trust(home, ca);
    const context = await start(settings, home);
    const browser = context.browser();
    if (browser === null) throw new Error('the browser has ended');
    return {
      browser,
      home,
      close: () => {
        closing ??= end(context, home);
        return closing;
      },
    };
  } catch (error) {
    await clear(home);
    if (error instanceof Fault) throw error;
    const [said = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new Fault('internal-error', `${settings.executable} does not start: ${said}`);
  }
}

/** The library is loaded here, and so only where a tenant uses a browser. */
async function start(settings: ChromiumSettings, home: string): Promise<BrowserContext> {
  const { chromium } = await import('playwright-core');
  return chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: settings.executable,
    headless: true,
    chromiumSandbox: settings.sandbox,
    args: flags,
    // Nothing of our own environment: it may hold secrets.
    env: { HOME: home, TMPDIR: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    timeout: launchLimit,
  });
}

/**
 * Chromium on Linux takes further authorities from the NSS database of its user. So it verifies a private
 * authority's certificates as it does all others: name, chain, dates. No error is ever ignored.
 */
async function trust(home: string, ca: string): Promise<void> {
  const folder = join(home, '.pki', 'nssdb');
  await mkdir(folder, { recursive: true });
  const certutil = (...given: string[]) =>
    promisify(execFile)('certutil', ['-d', `sql:${folder}`, ...given], {
      timeout: certutilLimit,
      killSignal: 'SIGKILL',
    });
  try {
    await certutil('-N', '--empty-password');
    for (const [index, certificate] of certificatesIn(ca).entries()) {
      const file = join(home, `ca-${index}.pem`);
      await writeFile(file, certificate);
      await certutil('-A', '-n', `configured ${index}`, '-t', 'C,,', '-i', file);
    }
    await chmod(folder, 0o700);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const remedy = missing
      ? 'the program certutil is not installed (Debian: libnss3-tools)'
      : 'certutil refuses them';
    throw new Fault('internal-error', `the browser cannot be told the authorities: ${remedy}`);
  }
}

function certificatesIn(ca: string): readonly string[] {
  return ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

async function end(context: BrowserContext, home: string): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, closeLimit);
  await Promise.race([context.close().catch(() => undefined), late.promise]);
  clearTimeout(timer);
  await clear(home);
}

/** Whatever still runs in there is ended, and the folder goes. Never throws. */
export async function clear(home: string): Promise<void> {
  killProcessesIn(home);
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }).catch(
    () => undefined,
  );
}
