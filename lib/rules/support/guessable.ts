import { readValue } from './readable-value.ts';

/** Below this nominal size (length times bits of the alphabet in use) a value can be guessed. */
const MIN_BITS = 48;

/**
 * Why a value that has to be unguessable is plainly not; `null` where nothing plain is wrong with it.
 * One sample says little about randomness, so that only constants, words, numbers and short values are
 * named: perfect values of 128 bits pass, and of those with 64 bits nearly all.
 */
export function guessable(value: string, publicValues: readonly (string | null)[] = []): string | null {
  if (publicValues.includes(value)) return 'it repeats a value that everybody knows';
  const read = readValue(value);
  if (read === null) return weakness(value);
  if (read.sealed) return null;
  const parts = [...read.members.map(([, member]) => member), read.text].flatMap((text) => text.split(/[^\w-]+/));
  return parts.some(looksRandom) ? null : 'it is readable data without a random part';
}

function weakness(value: string): string | null {
  if (/^\d{1,14}$/.test(value)) return 'it is a short number, such as a counter or a time';
  if (new Set(value).size <= 3 || SEQUENCES.some((sequence) => sequence.includes(value.toLowerCase()))) {
    return 'it is a plain sequence of characters';
  }
  if (isMadeOfCommonWords(value)) return 'it is made of common words';
  const bits = Math.floor(value.length * Math.log2(alphabetOf(value)));
  return bits < MIN_BITS ? `values of its length and alphabet have at most ${bits} bits` : null;
}

/** Characters of the classes that the value draws from. */
export function alphabetOf(value: string): number {
  if (/^([0-9a-f]+|[0-9A-F]+)$/.test(value)) return 16;
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[0-9]/, 10],
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[^0-9A-Za-z]/, 4],
  ];
  return classes.reduce((sum, [pattern, size]) => (pattern.test(value) ? sum + size : sum), 0);
}

/** A part of readable data that is no name, word or date. */
function looksRandom(part: string): boolean {
  if (weakness(part) !== null) return false;
  const words = part.split(/[-_]+/).filter((word) => word !== '');
  return !words.every((word) => /^\d{1,4}$/.test(word) || isWordLike(word));
}

/** `return`, `Return`, `returnTo`: humps of four letters and more on average, as random letters seldom have. */
function isWordLike(text: string): boolean {
  if (!/^([a-z]+|[A-Z]+|[A-Z]?[a-z]+([A-Z][a-z]+)*)\d{0,2}$/.test(text)) return false;
  return text.length / text.split(/(?=[A-Z])/).length >= 4 || text === text.toUpperCase();
}

/** `security_token`, `myRandomState`, `login123`: words and few other characters. */
function isMadeOfCommonWords(value: string): boolean {
  const words = value
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  const common = words.filter((word) => COMMON_WORDS.has(word));
  return common.join('') === words.join('') && common.join('').length > value.length / 2;
}

const SEQUENCES: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  '01234567890123456789012345678901234567890123456789',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz1234567890',
  '1234567890abcdefghijklmnopqrstuvwxyz1234567890abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm1234567890',
];

/** What samples and templates put where a random value belongs. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'a abc abcd abcdef account admin after an anti any anything api app apple application auth authenticate ' +
    'authorization authorize bar baz before callback change client code connect csrf custom dashboard default demo ' +
    'dev development dummy example facebook fake foo for forgery from github google goes hello here home id in index ' +
    'init initial insert is key link local localhost login main me microsoft mobile my new none nonce not null oauth ' +
    'of oidc opaque openid or page parameter pass password placeholder prod production profile protection public put ' +
    'random redirect register request response return sample secret secure security session sign signin signup ' +
    'simple site some something start state static string test testing text the this to todo token twitter undefined ' +
    'unique unused url user value variable web website welcome whatever with world xsrf xyz yes your'
  ).split(' '),
);
