// The C function that runs LLD inside this process, and stand-ins for what LLD would otherwise pull in.
//
// STATIC_LLVM is defined when LLVM's archives are linked into the binary (feature `static-llvm`).

#include "lld/Common/Driver.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

LLD_HAS_DRIVER(elf)
LLD_HAS_DRIVER(coff)
LLD_HAS_DRIVER(mingw)
LLD_HAS_DRIVER(macho)

extern "C" {

// Runs LLD with the flavour that argv[0] names and returns its exit status. Its output, `*text_len` bytes at `*text`, belongs to the
// caller and is given back with fuse_lld_free; null when there is none. Not thread safe.
int fuse_lld_link(size_t argc, const char *const *argv, char **text, size_t *text_len, bool *can_run_again) {
  std::string output;
  lld::Result result;
  {
    llvm::raw_string_ostream stream(output);
    llvm::ArrayRef<const char *> arguments(argv, argc);
    result = lld::lldMain(arguments, stream, stream,
                          {{lld::WinLink, &lld::coff::link},
                           {lld::Gnu, &lld::elf::link},
                           {lld::MinGW, &lld::mingw::link},
                           {lld::Darwin, &lld::macho::link}});
  }
  *can_run_again = result.canRunAgain;
  *text = nullptr;
  *text_len = 0;
  if (!output.empty()) {
    *text = static_cast<char *>(std::malloc(output.size()));
    if (*text != nullptr) {
      std::memcpy(*text, output.data(), output.size());
      *text_len = output.size();
    }
  }
  return result.retCode;
}

void fuse_lld_free(char *text) { std::free(text); }

} // extern "C"

#ifdef STATIC_LLVM

// LLD initialises every target LLVM knows. Empty initialisers for those we never emit keep their archives (65 MB) out of the binary.
#define INFO(T)                                                                                                        \
  extern "C" void LLVMInitialize##T##TargetInfo() {}                                                                   \
  extern "C" void LLVMInitialize##T##Target() {}                                                                       \
  extern "C" void LLVMInitialize##T##TargetMC() {}
#define PARSER(T) extern "C" void LLVMInitialize##T##AsmParser() {}
#define PRINTER(T) extern "C" void LLVMInitialize##T##AsmPrinter() {}
#define ABSENT(T) INFO(T) PARSER(T) PRINTER(T)
ABSENT(AMDGPU)
ABSENT(ARM)
ABSENT(AVR)
ABSENT(BPF)
ABSENT(Hexagon)
ABSENT(Lanai)
ABSENT(LoongArch)
ABSENT(M68k)
ABSENT(Mips)
ABSENT(MSP430)
INFO(NVPTX)
PRINTER(NVPTX)
ABSENT(PowerPC)
ABSENT(RISCV)
ABSENT(Sparc)
INFO(SPIRV)
PRINTER(SPIRV)
ABSENT(SystemZ)
ABSENT(VE)
ABSENT(WebAssembly)
INFO(XCore)
PRINTER(XCore)
ABSENT(Xtensa)

// Replaces libLLVMWindowsManifest.a, and with it libxml2, ICU and lzma. Only merging of Windows manifests is lost.
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/WindowsManifest/WindowsManifestMerger.h"
namespace llvm {
namespace windows_manifest {
class WindowsManifestMerger::WindowsManifestMergerImpl {};
char WindowsManifestError::ID = 0;
WindowsManifestError::WindowsManifestError(const Twine &message) : Msg(message.str()) {}
void WindowsManifestError::log(raw_ostream &stream) const { stream << Msg; }
WindowsManifestMerger::WindowsManifestMerger() : Impl(new WindowsManifestMergerImpl) {}
WindowsManifestMerger::~WindowsManifestMerger() = default;
Error WindowsManifestMerger::merge(MemoryBufferRef) {
  return make_error<WindowsManifestError>("manifests cannot be merged");
}
std::unique_ptr<MemoryBuffer> WindowsManifestMerger::getMergedManifest() { return nullptr; }
bool isAvailable() { return false; }
} // namespace windows_manifest
} // namespace llvm

// Debian's LLVM has the Polly optimiser compiled in as an extension that LLD's LTO asks for. We run no LTO inside LLD.
#include "llvm/Plugins/PassPlugin.h"
llvm::PassPluginLibraryInfo getPollyPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "Polly", "absent", [](llvm::PassBuilder &) {}, nullptr};
}

#endif
