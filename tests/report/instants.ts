import { monthPeriod } from '../../src/domain/calendar.ts';

export const zone = 'Asia/Shanghai';
export const period = monthPeriod('2026-10', zone);

/** An instant of October 2026 in Shanghai, `DDThh:mm` with seconds if need be. */
export const at = (text: string): number => Date.parse(`2026-10-${text}+08:00`);
