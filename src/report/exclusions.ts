import { refusalWording } from '../domain/exclusion.ts';
import { lengthOf } from '../domain/interval.ts';
import { detail } from './layout.ts';
import type { MonthReport, ReportedExclusion } from './month.ts';
import { spanOf } from './outages.ts';
import { entryTexts } from './record-text.ts';
import { formatMoment, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** Every exclusion that touches the month: what is left out, what is not and why, and its evidence. */
export function exclusionLines({ exclusions, zone }: MonthReport, words: Words): string[] {
  if (exclusions.length === 0) return [words.say.none];
  return exclusions.flatMap((one, index) => [
    ...(index > 0 ? [''] : []),
    ...linesOf(one, words, zone),
  ]);
}

function linesOf(one: ReportedExclusion, words: Words, zone: string): string[] {
  const { labels, terms, say, semicolon, colon } = words;
  const { exclusion, counted, refused } = one;
  const { id, kind, notifiedAt, approvedBy, source, ends } = exclusion;
  const announced = [
    say.notified(notifiedAt === null ? null : formatMoment(notifiedAt, zone)),
    say.approved(approvedBy === null ? null : printable(approvedBy)),
    ...(source === null ? [] : [say.source(printable(source))]),
  ];
  return [
    `#${id} ${terms.exclusionKinds[kind]}`,
    detail(labels.window, windowOf(one, words, zone)),
    detail(labels.announced, announced.join(semicolon)),
    detail(labels.entered, entryTexts(exclusion, words, zone).join(semicolon)),
    ...ends.map((end) =>
      detail(
        labels.ended,
        [`#${end.id} ${formatMoment(end.to, zone)}`, ...entryTexts(end, words, zone)].join(
          semicolon,
        ),
      ),
    ),
    ...counted.map((piece) =>
      detail(labels.ruling, `${spanOf(piece, zone, words)}   ${say.duration(lengthOf(piece))}`),
    ),
    ...refused.map(({ why, intervals }) => {
      const spans = intervals.map((piece) => spanOf(piece, zone, words)).join(words.comma);
      const reason = refusalWording[why][words.language];
      return detail(labels.refused, spans === '' ? reason : `${reason}${colon}${spans}`);
    }),
  ];
}

function windowOf({ exclusion: { from, to } }: ReportedExclusion, words: Words, zone: string) {
  if (to === null) return words.say.openSince(formatMoment(from, zone));
  return spanOf({ from, to }, zone, words);
}
