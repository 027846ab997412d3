// SPDX-License-Identifier: Apache-2.0
// The three steps that put a page on an iPhone's Home Screen, as small pictures beside their words.

/** 0: the share button of the browser's bar; 1: the entry with a plus; 2: the page among the other apps. */
export function HomeStep({ step }: { step: number }) {
  return (
    <svg class="home-step" width="44" height="44" viewBox="0 0 44 44" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">
      <rect x="9" y="3" width="26" height="38" rx="5" class="home-frame" />
      {step === 0 && <path d="M22 27V14m-4 4 4-4 4 4M17 22h-2v11h14V22h-2" />}
      {step === 1 && <path d="M13 16h18M13 28h18M14 22h9M29 19.5v5M26.5 22h5" />}
      {step === 2 && <><rect x="13" y="9" width="7" height="7" rx="1.5" /><rect x="24" y="9" width="7" height="7" rx="1.5" /><path d="M17 20.5 20.5 24 17 27.5 13.5 24z" fill="currentColor" /><path d="M18 37h8" /></>}
    </svg>
  );
}
