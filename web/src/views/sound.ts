// SPDX-License-Identifier: Apache-2.0
// Two short tones for a new critical alert, made here: no file is loaded.

const tones = [880, 660] as const;
const eachSeconds = 0.18;
const loud = 0.12;

let context: AudioContext | null = null;

/** A browser that was not touched yet stays silent; that is its rule, and no fault to tell. */
export function soundCritical(): void {
  context ??= new AudioContext();
  const { currentTime: begin, destination } = context;
  const gain = context.createGain();
  gain.connect(destination);
  gain.gain.setValueAtTime(loud, begin);
  gain.gain.linearRampToValueAtTime(0, begin + eachSeconds * tones.length);
  tones.forEach((hertz, i) => {
    const tone = new OscillatorNode(context as AudioContext, { type: "sine", frequency: hertz });
    tone.connect(gain);
    tone.start(begin + i * eachSeconds);
    tone.stop(begin + (i + 1) * eachSeconds);
  });
  void context.resume().catch(() => undefined);
}
