import { useCallback, useEffect, useState } from 'preact/hooks';
import { RequestError } from './api.js';

/** What an error is about: it goes when that changes. */
export type Cause = 'picture' | 'model' | 'options' | 'other';

export interface Failure {
  readonly about: Cause | 'connection';
  readonly sentence: string;
}

const TITLES: Readonly<Record<Failure['about'], string>> = {
  picture: 'This picture cannot be used',
  model: 'This model cannot be used',
  options: 'It cannot be explained like this',
  connection: 'datum could not be reached',
  other: 'That did not work',
};

export function titleOf({ about }: Failure): string {
  return TITLES[about];
}

export interface Attempts {
  readonly failure: Failure | null;
  /** Waits for work; what goes wrong is shown until its cause goes, or something else is tried. */
  readonly attempt: (about: Cause, work: Promise<void>) => void;
  readonly dismiss: () => void;
}

/** @param causes values that change when an error's cause has gone */
export function useAttempts(causes: Readonly<Record<Failure['about'], unknown>>): Attempts {
  const [failure, setFailure] = useState<Failure | null>(null);
  const attempt = useCallback((about: Cause, work: Promise<void>): void => {
    setFailure(null);
    work.catch((error: unknown) => {
      const sentence = error instanceof Error ? error.message : String(error);
      setFailure(
        error instanceof RequestError
          ? { about, sentence }
          : {
              about: 'connection',
              sentence: `The request did not reach it (${sentence}). It goes on when it is there again.`,
            },
      );
    });
  }, []);
  const dismiss = useCallback(() => {
    setFailure(null);
  }, []);
  const clearIf = (about: Failure['about']): void => {
    setFailure((now) => (now?.about === about ? null : now));
  };
  useEffect(() => {
    clearIf('picture');
  }, [causes.picture]);
  useEffect(() => {
    clearIf('model');
  }, [causes.model]);
  useEffect(() => {
    clearIf('options');
  }, [causes.options]);
  useEffect(() => {
    clearIf('connection');
  }, [causes.connection]);
  return { failure, attempt, dismiss };
}
