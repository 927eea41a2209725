/**
 * What a terminal obeys, or does not show: control characters (C0, DEL and C1), separators of lines and paragraphs,
 * what turns the direction of text, what has no width, and halves of surrogate pairs. Line feeds and tabs are text; a
 * variation selector only chooses how the character before it looks.
 *
 * Sources: Unicode Standard Annex 44 (Cc, Zl, Zp, Cs, Bidi_Control, Default_Ignorable_Code_Point, Variation_Selector);
 * Unicode Technical Report 36, which tells what such characters are used for.
 */
const UNSEEN =
  /(?![\n\t\p{Variation_Selector}])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text as a terminal may get it: what it would obey, or not show, is written as JSON escapes it (`\u001b`). So a JSON
 * document keeps its value to the letter.
 */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, escaped);
}

/** The same for one thing that is said: lines after its first are indented, so that no name can look like the next one. */
export function visibleSentence(text: string): string {
  return visible(text.replaceAll(/\n(?! {2})/g, '\n  '));
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
