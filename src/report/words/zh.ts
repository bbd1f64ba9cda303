import { columnsChinese, labelsChinese, sectionsChinese } from './labels-zh.ts';
import { sayChinese } from './say-zh.ts';
import { termsChinese } from './terms-zh.ts';
import type { Words } from './words.ts';

export const chinese: Words = {
  language: 'zh',
  terms: termsChinese,
  sections: sectionsChinese,
  labels: labelsChinese,
  say: sayChinese,
  columns: columnsChinese,
  comma: '、',
  semicolon: '；',
  space: '',
  colon: '：',
  remark: (text) => `（${text}）`,
};
