import { useEffect, useState } from 'preact/hooks';

/** Whether the page is being printed: then all of it is drawn. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const query = matchMedia('print');
    const update = (): void => {
      setPrinting(query.matches);
    };
    query.addEventListener('change', update);
    return () => {
      query.removeEventListener('change', update);
    };
  }, []);
  return printing;
}
