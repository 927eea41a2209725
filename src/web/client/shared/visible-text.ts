import { options, type VNode } from 'preact';

/** What turns the direction of the text that follows: the embeddings, overrides and isolates of UAX 9. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * From now on, every text that is drawn shows what would turn the words behind it, as `\u202e`: a name of a file or a
 * class ends with itself. What is sent to the server and compared keeps its characters.
 */
export function showTurning(): void {
  options.vnode = (vnode: VNode) => {
    // A node without a type is a text, and its properties the text itself.
    const text: unknown = vnode.props;
    if (typeof text === 'string') Object.assign(vnode, { props: text.replaceAll(TURNING, escaped) });
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}
