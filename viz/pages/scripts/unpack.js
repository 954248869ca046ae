// Takes the page's packed scripts, deflated and in base64, and runs them. A browser without DecompressionStream (before
// spring 2023) shows what one without JavaScript shows. All is done before the page is painted: these streams do not wait.
async function unpack(packed) {
  if (!globalThis.DecompressionStream) return;
  const stream = new DecompressionStream("deflate"), writer = stream.writable.getWriter();
  const text = atob(packed), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  writer.write(bytes);
  writer.close();
  const reader = stream.readable.getReader(), decoder = new TextDecoder();
  let code = "";
  for (let part; !(part = await reader.read()).done;) code += decoder.decode(part.value, { stream: true });
  const script = document.createElement("script");
  script.textContent = code;
  document.body.append(script);
  script.remove();
}
