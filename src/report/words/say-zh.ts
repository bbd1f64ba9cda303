import type { Outcome } from '../answer.ts';
import { plainPercent, splitDuration } from '../wording.ts';
import type { Sentences } from './words.ts';

const month = (text: string) => `${text.slice(0, 4)} 年 ${Number(text.slice(5))} 月`;

const outcomes: Readonly<Record<Outcome, (availability: string, lower: string) => string>> = {
  kept: (upper, lower) => `服务可用性 ${upper}（下限 ${lower}），达到承诺`,
  'kept-so-far': (upper, lower) => `服务可用性 ${upper}（下限 ${lower}），截至目前达到承诺`,
  broken: (upper, lower) => `服务可用性 ${upper}（下限 ${lower}），未达到承诺`,
  open: (upper, lower) => `服务可用性 ${upper}（下限 ${lower}），是否达到承诺尚无定论`,
  undecided: (upper, lower) =>
    `服务可用性 ${upper}（下限 ${lower}），依现有证据无法判定是否达到承诺`,
  'no-promise': (upper, lower) => `服务可用性 ${upper}（下限 ${lower}），合同未承诺服务可用性`,
  'not-rented': () => '本月未使用该服务',
  ahead: () => '尚无判定结果',
};

function duration(milliseconds: number): string {
  const { hours, minutes, seconds } = splitDuration(milliseconds);
  if (hours > 0) return `${hours} 小时 ${pad(minutes)} 分 ${pad(seconds)} 秒`;
  return minutes > 0 ? `${minutes} 分 ${pad(seconds)} 秒` : `${seconds} 秒`;
}

/** Two digits before the point, as on a clock. */
function pad(number: number | string): string {
  return String(number).replace(/^\d(?!\d)/, '0$&');
}

export const sayChinese: Sentences = {
  title: (tenant, text) => `${tenant} 邮件服务可用性月报，${month(text)}`,
  month,
  percent: (digits) => `${digits}%`,
  minutes: (number) => `${number} 分钟`,
  days: (number) => `${number} 天`,
  times: (number) => `${number} 次`,
  duration,
  wholeDuration: (number, unit) =>
    `${number} ${{ hours: '小时', minutes: '分钟', seconds: '秒' }[unit]}`,
  span: (from, to) => `${from} 至 ${to}`,
  range: (least, most) => `${least} 至 ${most}`,
  compared: (comparison, value) =>
    `${{ 'at-least': '不低于', 'at-most': '不超过', below: '少于', above: '超过' }[comparison]} ${value}`,
  provisional: (day) => `${day}（暂定：当年的工作日安排尚未公布）`,
  open: (value) => `${value}，尚未恢复`,
  openSince: (from) => `自 ${from} 起，尚未结束`,
  instant: (moment) => `${moment}   （仅此时刻）`,
  outcome: (outcome, availability, lower) => outcomes[outcome](availability, lower),
  alsoBroken: (clauses) => `其他未达标的承诺：${clauses}`,
  credit: (credit, final) => `${final ? '赔偿' : '截至目前的赔偿'}：${credit}`,
  claim: (first, last) => `申请赔偿期限：${first} 至 ${last}`,
  tier: (tier) => {
    if (tier === null) return '无';
    if (tier.credit === null) return `${tier.serviceDays ?? 0} 天服务时长`;
    return `月度服务费的 ${plainPercent(tier.credit)}%`;
  },
  noTarget: '未承诺服务可用性',
  promised: (target, combination, threshold) =>
    `每月 ${target}；${combination}，且须达到 ${threshold}`,
  provenOf: (proven, total) => `总分钟数 ${total}，其中已证实的不可用分钟数为 ${proven}`,
  possibleOf: (possible, total) => `总分钟数 ${total}，其中可能的不可用分钟数为 ${possible}`,
  coverage: '已判定的分钟中并非未知的比例',
  aheadOf: (minutes) => `尚有 ${minutes} 分钟未到来：以上数值不计其为损失，判定则为其留有余地`,
  nothingExcluded: '相同：没有免责的分钟',
  noPromisedAvailability: '无：合同未承诺服务可用性',
  aheadMeaning: '服务周期内尚未判定的分钟',
  togetherMeaning: '服务周期的总分钟数',
  run: (protocol, depth, reason, phase) => `${protocol}，深度“${depth}”：${phase}阶段，${reason}`,
  attempts: (attempts, confirmed) => `${attempts} 次失败的尝试，${confirmed ? '已确认' : '未确认'}`,
  byEvidence: (attribution) => `仅依证据为：${attribution}`,
  said: (attribution, who, when) => `${who} 于 ${when} 改为：${attribution}`,
  enteredBy: (who, when) => `${who}，${when}`,
  withdrawnBy: (who, when, why) => `已撤回：${who}，${when}，理由：${why}`,
  notified: (when) => (when === null ? '未通知' : `通知于 ${when}`),
  approved: (who) => (who === null ? '未经批准' : `批准人：${who}`),
  source: (source) => `来源：${source}`,
  evidence: (reference) => `证据：${reference}`,
  note: (note) => `备注：${note}`,
  results: (first, last, number, command) =>
    `${first === last ? `结果 ${first}` : `结果 ${first}–${last}（其中失败 ${number} 条）`}；打印命令：${command}`,
  noResults: '没有已存储的结果',
  unavailableMinutes: (minutes) => `不可用分钟数 ${minutes}`,
  fixedDenominator: (minutes) => `恒为 ${minutes} 分钟`,
  calendarDenominator: '自然月的分钟数，限于实际使用的时间',
  blame: (attribution, runs, certain, counted) =>
    `${attribution}，${runs} 次故障，已证实时长 ${certain}${counted > 0 ? `，不可用分钟数 ${counted}` : ''}`,
  excused: (times) => `可免 ${times} 次`,
  passed: (times) => `超过上限 ${times}`,
  responded: (number, longest, mean) =>
    `已提交工单 ${number} 件${longest === null ? '' : `；响应最长 ${longest}，平均 ${mean}`}`,
  answered: (answered, calls) => `${calls} 次来电中人工接听 ${answered} 次`,
  resolved: (tickets, resolved) => `工单 ${tickets} 件，已解决 ${resolved} 件`,
  resolvedAfter: (elapsed) => (elapsed === null ? '未解决' : `${elapsed}后解决`),
  respondedAfter: (elapsed) => (elapsed === null ? '未响应' : `${elapsed}后响应`),
  dueBy: (moment, provisional) =>
    `期限至 ${moment}${provisional ? '（暂定：当年的工作日安排尚未公布）' : ''}`,
  failedUntil: (when) => `探测显示故障持续至 ${when}`,
  fee: (amount, first, number, vouchers) =>
    `${amount}，自 ${first} 起 ${number} 个月，其中代金券抵扣 ${vouchers}`,
  validRequests: (number) => `有效请求 ${number} 封`,
  forMonth: (text) => `所属月份 ${text}`,
  spotCheck: (passed, tried) => `抽样 ${tried} 件，合格 ${passed} 件`,
  webmailConsent: (consent) => `由脚本登录 Webmail，授权说明：${consent}`,
  webmailPageOnly: 'Webmail 仅观测到页面深度：只加载登录页，不登录，登录页之后的故障无法发现。',
  notObserved: (protocols) => `合同列有 ${protocols}，但本租户未配置，其情况不详。`,
  oneMailbox: '用户比例以一个探测邮箱估计：该邮箱失败，即视为所探测用户全部失败。',
  stampedDelay: (skew) =>
    `发送或接收没有专用路径测量时，邮箱发给自身邮件的延迟按其 Received 时间戳划分：时间戳精确到秒，且来自对方的时钟，仅在因果关系允许的范围内采信。${skew === null ? '' : `末端主机的时钟比本机快 ${skew}。`}`,
  loopDelay:
    '延迟以邮箱发给自身的邮件测得，所测时长为发送与接收延迟之和，是两者各自的上限：可以证明达标，不能证明未达标。',
  notJudgedYet:
    '已登记的免责或责任变更尚未计入以上数值：守护进程将重新判定，也可执行 mailminute recompute。',
  seal: (day, hash, command) =>
    `截至 ${day}（UTC）的证据与登记已封存；链上最新哈希：${hash}。持有本报告者可据此要求证明其后未作任何改动或删除：${command}`,
  noSeal: '尚无已封存的证据。',
  notWatched: '未查询过邮件域名的解析记录。',
  final: '本周期的全部分钟均已定案。',
  provisionalFrom: (moment) => `自 ${moment} 起的结果为暂定：此后的分钟可能随证据补充而改变状态。`,
  none: '无。',
  nothing: '无',
};
