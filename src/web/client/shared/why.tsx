/** The sentence "why", with its figures brought out. */
export function Why({ summary }: { summary: string }) {
  return (
    <p class="why">{summary.split(/(\d[\d.,]* %)/).map((part, i) => (i % 2 === 1 ? <b key={i}>{part}</b> : part))}</p>
  );
}
