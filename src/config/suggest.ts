/** The candidate that a person most likely meant, or null when none is near. Case does not matter. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.toLowerCase().slice(0, 64);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = distanceOf(wanted, candidate.toLowerCase());
    const length = Math.min(wanted.length, candidate.length);
    const allowed = Math.min(3, Math.max(1, Math.floor(length / 3)));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? extended(wanted, candidates);
}

/** `user` for `username`, `cert_ca` not for `ca`: one word begins the other, three letters at least. */
function extended(wanted: string, candidates: readonly string[]): string | null {
  if (wanted.length < 3) return null;
  return candidates.find((candidate) => candidate.toLowerCase().startsWith(wanted)) ?? null;
}

/** Edits from one word to the other; two neighbours changing places are one edit. */
function distanceOf(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
