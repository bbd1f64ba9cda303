/**
 * What servers say where no code tells. Consulted last, and only for those distinctions that decide
 * who answers for a failure. English as the common servers write it; Chinese as the large hosts do.
 */
const limit =
  /too many|frequen(?:cy|tly|t) |frequency limit|frequent login|rate.?limit|unusual rate|sending rate|limit(?:ed|s)? (?:is |was |has been )?(?:exceeded|reached)|exceed(?:ed|s)? .{0,40}limit|throttl|maximum (?:number of )?(?:allowed )?connections|connection limit|connections? .{0,20}exceeded|(?:daily|hourly|monthly|send(?:ing)?) (?:\w+ ){0,3}quota|频率|频繁|次数过多|连接数|超过限制|超出限制|(?:发信|发送|日)(?:额度|配额|限额)/i;
const wrongPassword =
  /(?:password|credential)s? .{0,12}(?:wrong|incorrect|invalid|error)|(?:wrong|incorrect|invalid|bad) (?:user ?name or )?(?:password|credential)|密码(?:错误|不正确)|授权码错误/i;
const passing =
  /temporar|try (?:again )?(?:it )?later|unavailable|internal (?:server )?error|service not available|server (?:is )?(?:too )?busy|system (?:is )?busy|timed? ?out|繁忙|稍后|暂时/i;
const full =
  /over ?quota|quota (?:is )?exceeded|exceed(?:ed|s)? .{0,20}quota|mailbox (?:is )?full|insufficient (?:system )?storage|邮箱.{0,6}满|空间不足|容量不足/i;
const policy =
  /block(?:ed)?\b|black ?list|\bspam\b|polic(?:y|ies)|denied by|\brbl\b|reputation|banned|prohibited|suspicious|拒收|垃圾邮件|黑名单|封禁/i;

/** A limit of ours: rate, connections. A text that also names the password is about the password. */
export function speaksOfLimit(text: string): boolean {
  return limit.test(text) && !wrongPassword.test(text);
}

export function speaksOfPassing(text: string): boolean {
  return passing.test(text) && !wrongPassword.test(text);
}

export function speaksOfFullMailbox(text: string): boolean {
  return full.test(text);
}

export function speaksOfPolicy(text: string): boolean {
  return policy.test(text);
}
