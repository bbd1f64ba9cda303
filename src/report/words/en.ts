import { type Column, columnNames } from '../table.ts';
import { labelsEnglish, sectionsEnglish } from './labels-en.ts';
import { sayEnglish } from './say-en.ts';
import { termsEnglish } from './terms-en.ts';
import type { Words } from './words.ts';

export const english: Words = {
  language: 'en',
  terms: termsEnglish,
  sections: sectionsEnglish,
  labels: labelsEnglish,
  say: sayEnglish,
  // Programs read these: the names are the same as ever.
  columns: Object.fromEntries(columnNames.map((name) => [name, name])) as Record<Column, string>,
  comma: ', ',
  semicolon: '; ',
  space: ' ',
  colon: ': ',
  remark: (text) => ` (${text})`,
};
