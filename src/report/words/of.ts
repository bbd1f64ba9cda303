import { english } from './en.ts';
import type { Language, Words } from './words.ts';
import { chinese } from './zh.ts';

const dictionaries: Readonly<Record<Language, Words>> = { en: english, zh: chinese };

export const languages = ['en', 'zh'] as const satisfies readonly Language[];

export function wordsOf(language: Language): Words {
  return dictionaries[language];
}
