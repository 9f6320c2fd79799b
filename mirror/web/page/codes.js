/*
 * Codes from a camera or a picture.  The browser's own detector where there is one, else the worker's.
 * Frames stay in this page; the camera stops when the question closes.
 */
const CODE_SIDE = 1200; /* pixels: more costs time and finds nothing more */

/* Grey pixels of what can be drawn, made smaller where it is large. */
function greyOf(source, width, height) {
  const scale = Math.min(1, CODE_SIDE / Math.max(width, height));
  const canvas = h('canvas', { width: String(Math.max(1, Math.round(width * scale))), height: String(Math.max(1, Math.round(height * scale))) });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const pixels = new Uint8Array(canvas.width * canvas.height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (rgba[4 * i] * 77 + rgba[4 * i + 1] * 150 + rgba[4 * i + 2] * 29) >> 8;
  return { width: canvas.width, height: canvas.height, pixels };
}

/* The text of the code in it, or ''. */
async function codeIn(source, width, height) {
  if (window.BarcodeDetector) {
    try {
      const found = await new window.BarcodeDetector({ formats: ['qr_code'] }).detect(source);
      if (found.length > 0) return found[0].rawValue;
    } catch (e) { /* it is there and does not work: the worker's does */ }
  }
  try {
    return (await check('scan', greyOf(source, width, height))).text || '';
  } catch (fault) {
    return '';
  }
}

async function readCode(file, take, tell) {
  if (!file) return;
  try {
    const image = await createImageBitmap(file);
    const text = await codeIn(image, image.width, image.height);
    if (text) await take(text);
    else tell(signLine('warn', words('noCode'), ''));
  } catch (e) {
    tell(signLine('warn', words('noCode'), ''));
  }
}

async function scanCode(take, tell) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch (e) {
    tell(signLine('warn', words('noCamera'), ''));
    return;
  }
  const video = h('video', { autoplay: '', playsinline: '', muted: true });
  const box = ask(words('scan'), [video], []);
  let open = true;
  box.addEventListener('close', () => {
    open = false;
    stream.getTracks().forEach((track) => track.stop());
  });
  video.srcObject = stream;
  const end = Date.now() + 120e3;
  while (open && Date.now() < end) {
    await new Promise((done) => { setTimeout(done, 250); });
    const text = open && video.videoWidth > 0 ? await codeIn(video, video.videoWidth, video.videoHeight) : '';
    if (text && open) {
      box.close();
      take(text);
    }
  }
  if (open) box.close();
}
