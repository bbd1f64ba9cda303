/** How the People's Republic of China rests and works in one year. Days `YYYY-MM-DD`, ranges inclusive. */
export interface HolidayArrangement {
  /** False while the State Council has not published it: what stands here is what the law implies. */
  readonly published: boolean;
  readonly source: string;
  readonly holidays: readonly { readonly from: string; readonly to: string }[];
  /** Weekend days that are worked in exchange (调休). */
  readonly worked: readonly string[];
}

/**
 * By year. To add a year, copy its notice here: holidays with their weekends, and the days that
 * "上班" names.
 *
 * 2027: no notice was known when this was written. The regulation on public holidays (全国年节及纪念日放假办法,
 * amended on 2024-11-10) and the principles in the notice for 2025 fix the holidays: Spring Festival 8 days
 * from its eve, Labour Day 5, National Day 7, the others 3 with their weekend, or the one day when it is a
 * Wednesday. The days worked in exchange are not known and left out, so a count can only come out too late.
 * The new moon of 2027-02-06 is at 23:56 in China: calendars that reckon less finely put the new year on the 7th.
 */
export const arrangements: ReadonlyMap<number, HolidayArrangement> = new Map([
  [
    2025,
    {
      published: true,
      source: '国务院办公厅关于2025年部分节假日安排的通知, 国办发明电〔2024〕12号, 2024-11-12',
      holidays: [
        { from: '2025-01-01', to: '2025-01-01' },
        { from: '2025-01-28', to: '2025-02-04' },
        { from: '2025-04-04', to: '2025-04-06' },
        { from: '2025-05-01', to: '2025-05-05' },
        { from: '2025-05-31', to: '2025-06-02' },
        { from: '2025-10-01', to: '2025-10-08' },
      ],
      worked: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
    },
  ],
  [
    2026,
    {
      published: true,
      source: '国务院办公厅关于2026年部分节假日安排的通知, 国办发明电〔2025〕7号, 2025-11-04',
      holidays: [
        { from: '2026-01-01', to: '2026-01-03' },
        { from: '2026-02-15', to: '2026-02-23' },
        { from: '2026-04-04', to: '2026-04-06' },
        { from: '2026-05-01', to: '2026-05-05' },
        { from: '2026-06-19', to: '2026-06-21' },
        { from: '2026-09-25', to: '2026-09-27' },
        { from: '2026-10-01', to: '2026-10-07' },
      ],
      worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
    },
  ],
  [
    2027,
    {
      published: false,
      source: '全国年节及纪念日放假办法 (2024-11-10), 国办发明电〔2024〕12号 (principles)',
      holidays: [
        { from: '2027-01-01', to: '2027-01-03' },
        { from: '2027-02-05', to: '2027-02-12' },
        { from: '2027-04-03', to: '2027-04-05' },
        { from: '2027-05-01', to: '2027-05-05' },
        { from: '2027-06-09', to: '2027-06-09' },
        { from: '2027-09-15', to: '2027-09-15' },
        { from: '2027-10-01', to: '2027-10-07' },
      ],
      worked: [],
    },
  ],
]);
