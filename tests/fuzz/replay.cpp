// Runs a fuzz target over the files of its corpus, for builds without libFuzzer. Each is also run cut off at some
// places and with some bytes changed, always the same ones.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** words) {
  constexpr int kVariants = 8;
  int files = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(words[i])) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::vector<char> whole{std::istreambuf_iterator<char>(in), {}};
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size());
      std::mt19937 random(4711);
      for (int variant = 0; variant < kVariants && !whole.empty(); ++variant) {
        std::vector<char> other(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(1 + random() % whole.size()));
        for (int n = 0; n < 4; ++n) other[random() % other.size()] = static_cast<char>(random());
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(other.data()), other.size());
      }
      ++files;
    }
  }
  std::cout << files << " files replayed\n";
  return files > 0 ? 0 : 1;
}
