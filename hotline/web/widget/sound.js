/* A short tone for a line that comes while nobody looks. Made by the browser: no file to fetch. */

export class Sound {
  constructor(memory) {
    this.memory = memory;
  }

  /** Browsers allow sound only after the visitor did something. */
  wake() {
    const Context = window.AudioContext;
    if (!Context || this.context) return;
    this.context = new Context();
  }

  ping() {
    if (this.memory.get('sound') === false || !this.context) return;
    const { context } = this;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.08, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.25);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.25);
  }
}
