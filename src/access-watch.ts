import { statSync } from 'node:fs';
import type { WebSettings } from './config/settings.ts';
import { loadAccess } from './config/web/access.ts';
import { isServedAlike, type WebAccess } from './domain/access.ts';
import { describe, type Logger } from './log.ts';
import type { Observations } from './metrics/observation.ts';
import { tellFaults } from './refusal.ts';

/** A renewed certificate is served this soon, ms. */
const lookEvery = 5_000;

export interface AccessPorts {
  readonly logger: Logger;
  readonly metrics: Observations;
  /** Has these hold from now on. May throw. */
  readonly secure: (access: WebAccess) => void;
}

/** Takes up the web configuration file and its certificates when they change on disk, as exporters do. */
export function watchAccess(first: WebSettings, { logger, metrics, secure }: AccessPorts) {
  let current = first;
  let seen = stampOf(first.access);
  metrics.own.secured(true);

  function look(): void {
    const stamp = stampOf(current.access);
    if (stamp === seen || current.configFile === null) return;
    seen = stamp;
    const isGood = takeUp(current.configFile);
    metrics.own.secured(isGood);
    if (!isGood) logger.error('the web configuration was refused: the one before goes on');
  }

  function takeUp(file: string): boolean {
    const { access, faults } = loadAccess(file);
    tellFaults(logger, faults, 'wrong web configuration');
    if (access === null) return false;
    if (!isServedAlike(access, current.access)) {
      const fault = 'whether TLS is spoken, and its client_auth_type, change with a restart only';
      logger.error({ file, fault }, 'wrong web configuration');
      return false;
    }
    try {
      secure(access);
    } catch (error) {
      logger.error({ file, fault: describe(error) }, 'wrong web configuration');
      return false;
    }
    current = { ...current, access };
    seen = stampOf(access);
    logger.info({ file }, 'the web configuration was taken up');
    return true;
  }

  const looking = setInterval(look, lookEvery);
  return {
    /** Has these hold from now on. @throws when OpenSSL refuses them */
    apply(next: WebSettings): void {
      const stamp = stampOf(next.access);
      secure(next.access);
      current = next;
      seen = stamp;
      metrics.own.secured(true);
    },
    stop: (): void => clearInterval(looking),
  };
}

/** Another one whenever a file was written, exchanged or removed. */
function stampOf({ files }: WebAccess): string {
  return files
    .map((file) => {
      try {
        const { mtimeMs, size, ino } = statSync(file);
        return `${mtimeMs} ${size} ${ino}`;
      } catch {
        return 'gone';
      }
    })
    .join();
}
