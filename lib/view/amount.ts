/** A number as it is written in a sentence: `1,234`. */
export const amount = (n: number): string => n.toLocaleString('en');

/** `1 flow`, `1,234 flows`. */
export const count = (n: number, one: string, many: string): string => `${amount(n)} ${n === 1 ? one : many}`;

/** The first of several, and how many more there are. */
export const andMore = (first: string, more: number): string =>
  more === 0 ? first : `${first} and ${amount(more)} more`;
